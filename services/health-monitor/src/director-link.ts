import { readFile } from 'node:fs/promises';
import { basicAuth, createDirectorClient, type Instance, mediaTypes } from '@boti/director-api';
import { type MonitorAlert, severityNames } from './alert.ts';
import type { HealthMonitorConfig } from './config.ts';
import type { Expectation, ExpectedInstance } from './fleet.ts';
import type { Resurrection } from './resurrection.ts';

/** What the monitor asks the Director, and tells it. */
export interface DirectorLink extends Disposable {
  expectation(): Promise<Expectation>;
  /** Makes it an event, which `boti events` shows. */
  report(alert: MonitorAlert): Promise<void>;
  /** Returns false when such a task runs or waits already. */
  resurrect(resurrection: Resurrection): Promise<boolean>;
}

const json = { 'Content-Type': mediaTypes.json };

/** BOSH: the description of the Director's task for scan_and_fix. */
const fixTask = 'scan and fix';

export async function directorLink({
  url,
  user,
  password,
  ca,
}: HealthMonitorConfig['director']): Promise<DirectorLink> {
  const caCert = ca === undefined ? undefined : await readFile(ca, 'utf8');
  const director = createDirectorClient({ url, caCert, auth: basicAuth(user, password) });
  return {
    async expectation() {
      const deployments = await director.deployments.list({ withConfigs: false });
      const lists = await Promise.all(
        deployments.map(async ({ name }) => (await director.instances.list(name)).map((one) => expected(name, one))),
      );
      const locked = deployments.filter((deployment) => deployment.locked === true).map(({ name }) => name);
      return { instances: lists.flat(), locked: new Set(locked) };
    },

    async report({ id, severity, title, summary, deployment, instance, createdAt }) {
      const body = {
        timestamp: String(Math.floor(createdAt.getTime() / 1000)),
        action: 'create',
        object_type: 'alert',
        object_name: id,
        deployment,
        ...(instance !== undefined && { instance }),
        context: { message: `${title}. ${summary}`, severity: severityNames[severity] },
      };
      await director.send({ method: 'POST', path: '/events', headers: json, body: JSON.stringify(body) });
    },

    async resurrect({ deployment, jobs }) {
      const running = await director.tasks.list({ deployment, states: ['queued', 'processing'], all: true });
      if (running.some(({ description }) => description === fixTask)) return false;
      const path = `/deployments/${encodeURIComponent(deployment)}/scan_and_fix`;
      await director.send({ method: 'PUT', path, headers: json, body: JSON.stringify({ jobs }) });
      return true;
    },

    [Symbol.dispose]: () => director.close(),
  };
}

function expected(deployment: string, { job, id, agent_id, expects_vm }: Instance): ExpectedInstance {
  return { deployment, group: job, id, agentId: agent_id ?? undefined, expectsVm: expects_vm };
}
