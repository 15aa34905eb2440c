import { configsApi, legacyConfigsApi } from './configs.ts';
import { deploymentsApi } from './deployments.ts';
import { type DirectorRequest, DirectorSession, type DirectorSettings } from './director-session.ts';
import { disksApi, snapshotsApi } from './disks.ts';
import { downloadsApi } from './downloads.ts';
import type { HttpReply } from './http-exchange.ts';
import { instancesApi } from './instances.ts';
import { cleanUpApi, cloudCheckApi, errandsApi, logsApi, sshApi } from './operations.ts';
import { recordsApi } from './records.ts';
import { releasesApi } from './releases.ts';
import { stemcellsApi } from './stemcells.ts';
import { tasksApi } from './tasks.ts';

/**
 * A client of one Director. Whatever starts a task returns the task as it was when it was accepted; follow it with
 * `tasks.follow(task.id)`. Failures are ExpectedErrors: a DirectorRequestFailed that names the step, with a
 * DirectorReplyError (the Director said no) or DirectorUnreachable as its cause.
 */
export function createDirectorClient(settings: DirectorSettings) {
  const session = new DirectorSession(settings);
  return {
    ...recordsApi(session),
    tasks: tasksApi(session),
    deployments: deploymentsApi(session),
    instances: instancesApi(session),
    errands: errandsApi(session),
    cloudCheck: cloudCheckApi(session),
    logs: logsApi(session),
    ssh: sshApi(session),
    releases: releasesApi(session),
    stemcells: stemcellsApi(session),
    configs: configsApi(session),
    legacyConfigs: legacyConfigsApi(session),
    disks: disksApi(session),
    snapshots: snapshotsApi(session),
    downloads: downloadsApi(session),
    cleanUp: cleanUpApi(session),

    /** Any request; redirects are followed and statuses in `accept` are returned. */
    send: (request: DirectorRequest): Promise<HttpReply> => session.send(request),

    close: (): void => session.close(),
  };
}

export type DirectorClient = ReturnType<typeof createDirectorClient>;
