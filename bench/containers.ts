// The Director on containers of this machine: deploys of 1, 10 and 50 instances with real agents, and their memory.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vmCid } from '@boti/core';
import { openCpi } from '@boti/cpi-client';
import { fileBody, parseVmStates } from '@boti/director-api';
import { cloudConfig, makeRelease, manifest, timedTask } from './support/bench-deployment.ts';
import { agentMemory, type Embedded, place, withEmbedded } from './support/embedded.ts';
import { keptCache } from './support/kept-cache.ts';
import { measureDeploy } from './support/measure-deploys.ts';
import { totalMemory } from './support/processes.ts';
import { isQuick, median, report, timed } from './support/report.ts';

const sizes = isQuick ? [1, 5] : [1, 10, 50];
const os = 'debian-bookworm';

await withEmbedded({ cacheDir: keptCache }, async (embedded) => {
  await embedded.up({ args: ['--no-example'] });
  const client = await embedded.client();
  const directorPid = await embedded.pidOf('director');
  await client.legacyConfigs.update('cloud', cloudConfig(place));
  const release = await client.releases.upload(await fileBody(await makeRelease(embedded.stateDir)), {});
  await client.tasks.follow(release.id);
  // Compiles the package, so that the deploys that are measured need not.
  const first = await timedTask(client, () => client.deployments.deploy(manifest(2, { os }), {}));
  report('containers/deploy-2-compile/task', first.taskSeconds, 's');
  await client.tasks.follow((await client.deployments.delete('bench-2', false)).id);

  for (const size of sizes) await measureDeploy({ name: 'containers', client, directorPid, os }, size);
  await sleep(10_000);
  const cids = await vmCids(embedded, sizes.at(-1) ?? 1);
  await reportAgents(embedded, cids.slice(0, 5));
  const pids = await Promise.all((['director', 'nats-server'] as const).map((name) => embedded.pidOf(name)));
  report('containers/rss-with-vms', totalMemory(pids).rss, 'MB');
  await reportHasVm(embedded, cids[0] ?? '');
});

async function vmCids(embedded: Embedded, instances: number): Promise<string[]> {
  const client = await embedded.client();
  const task = await client.tasks.follow((await client.instances.collect(`bench-${instances}`, 'vms')).id);
  return parseVmStates(await client.tasks.result(task.id)).flatMap(({ vm_cid }) => vm_cid ?? []);
}

async function reportAgents({ stateDir }: Embedded, cids: readonly string[]): Promise<void> {
  const memories = await Promise.all(cids.map((cid) => agentMemory(stateDir, cid)));
  const of = (read: (one: (typeof memories)[number]) => number): number => median(memories.map(read));
  report(
    'containers/agent-rss',
    of(({ agent, supervisor }) => agent.rss + supervisor.rss),
    'MB',
  );
  report(
    'containers/agent-private',
    of(({ agent, supervisor }) => agent.private + supervisor.private),
    'MB',
  );
  report(
    'containers/agent-rss/agent',
    of(({ agent }) => agent.rss),
    'MB',
  );
  report(
    'containers/agent-rss/supervisor',
    of(({ supervisor }) => supervisor.rss),
    'MB',
  );
}

async function reportHasVm({ stateDir }: Embedded, cid: string): Promise<void> {
  await using cpi = openCpi({ executable: join(stateDir, 'etc/cpi'), directorUuid: randomUUID() });
  const cloud = cpi.cloud();
  if (!(await cloud.hasVm(vmCid(cid)))) throw new Error(`the CPI does not know ${cid}`);
  const { seconds } = await timed(async () => {
    for (let call = 0; call < 1000; call += 1) await cloud.hasVm(vmCid(cid));
  });
  report('containers/1000-has-vm-warm', seconds, 's');
}
