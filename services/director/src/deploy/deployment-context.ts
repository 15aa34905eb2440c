import type { Blobstore } from '@boti/blobstore';
import type { CompileCache } from '@boti/compile-cache';
import type { TemplateRenderer } from '@boti/templates';
import { type CpiClients, cloudsFor } from '../cloud/clouds.ts';
import type { Database } from '../database/sql.ts';
import { requireDeployment } from '../deployments/deployment-store.ts';
import type { TaskContext } from '../tasks/task-type.ts';
import type { Agents, BusAccess, DeployContext, DeploySettings } from './context.ts';
import type { JobSources } from './job-sources.ts';

/** What the process has for all its tasks. */
export interface DeployServices {
  readonly database: Database;
  readonly cpis: CpiClients;
  readonly agents: Agents;
  readonly busAccess: BusAccess;
  readonly blobstore: Blobstore;
  readonly renderer: TemplateRenderer;
  readonly jobSources: JobSources;
  readonly compileCache: CompileCache;
  readonly settings: DeploySettings;
  /** For large files on their way. */
  readonly workDir: string;
  readonly publish: (subject: string, payload: unknown) => void;
  readonly newUuid: () => string;
}

const cleanUpMs = 5 * 60_000;

/** What one task has for one deployment. */
export async function deploymentContext(
  services: DeployServices,
  task: TaskContext,
  deploymentName: string,
): Promise<DeployContext> {
  const { cpis, ...shared } = services;
  const deployment = await requireDeployment(services.database, deploymentName);
  const within = (signal: AbortSignal): DeployContext => ({
    ...shared,
    taskId: task.taskId,
    user: task.user,
    signal,
    clock: task.clock,
    log: task.log,
    events: task.events,
    withLock: task.withLock,
    clouds: cloudsFor(cpis, { signal, cpiLog: task.cpiLog }),
    deployment,
    forCleanUp: () => within(AbortSignal.timeout(cleanUpMs)),
  });
  return within(task.signal);
}
