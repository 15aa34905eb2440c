// The Director on the simulated cloud, whose calls take no time: deploys of 1, 10 and 50 instances, memory, idle CPU.
import { setTimeout as sleep } from 'node:timers/promises';
import { cloudConfig, makeRelease, makeSimStemcell, manifest, timedTask, upload } from './support/bench-deployment.ts';
import { type DirectorLab, withDirector } from './support/director-lab.ts';
import { measureDeploy } from './support/measure-deploys.ts';
import { cpuSeconds, memoryOf, totalMemory } from './support/processes.ts';
import { isQuick, report, say } from './support/report.ts';

const sizes = [1, 10, 50];
/** Template workers end after a minute without work. */
const untilIdleMs = isQuick ? 5000 : 70_000;
const idleSeconds = isQuick ? 5 : 30;

await withDirector(async (lab) => {
  await sleep(3000);
  reportMemory(lab, 'empty');
  await prepare(lab);
  const subject = { name: 'director', client: lab.client, directorPid: lab.pids.director };
  for (const size of sizes) await measureDeploy(subject, size);
  reportMemory(lab, 'busy');
  say(`waiting ${untilIdleMs / 1000} s for the Director to come to rest`);
  await sleep(untilIdleMs);
  reportMemory(lab, '61-vms');
  await reportIdle(lab);
  await reportFirstAfterRest(lab);
});

/** Compiles the package, so that the deploys that are measured need not. */
async function prepare({ client, directory }: DirectorLab): Promise<void> {
  const release = await makeRelease(directory);
  await upload(client, { release, stemcell: await makeSimStemcell(directory), config: cloudConfig() });
  const first = await timedTask(client, () => client.deployments.deploy(manifest(2), {}));
  report('director/deploy-2-compile/task', first.taskSeconds, 's');
  await client.tasks.follow((await client.deployments.delete('bench-2', false)).id);
}

function reportMemory({ pids }: DirectorLab, when: string): void {
  report(`director/rss-${when}`, totalMemory([pids.director, pids.nats]).rss, 'MB');
  report(`director/rss-${when}/director`, memoryOf(pids.director).rss, 'MB');
  report(`director/rss-${when}/nats`, memoryOf(pids.nats).rss, 'MB');
  report(`director/pss-${when}/postgres`, totalMemory(pids.postgres()).proportional, 'MB');
}

async function reportIdle({ pids }: DirectorLab): Promise<void> {
  const watched = [pids.director, pids.nats];
  const before = cpuSeconds(watched);
  const postgresBefore = cpuSeconds(pids.postgres());
  await sleep(idleSeconds * 1000);
  report('director/idle-cpu-61-vms', ((cpuSeconds(watched) - before) / idleSeconds) * 100, '% of a core');
  const postgres = cpuSeconds(pids.postgres()) - postgresBefore;
  report('director/idle-cpu-61-vms/postgres', (postgres / idleSeconds) * 100, '% of a core');
}

/** The template worker has to start first. */
async function reportFirstAfterRest({ client }: DirectorLab): Promise<void> {
  const { taskSeconds } = await timedTask(client, () => client.deployments.deploy(manifest(1), {}));
  report('director/no-op-1-after-rest/task', taskSeconds, 's');
}
