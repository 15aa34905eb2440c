/** What goes wrong is named, with its cause, and the next deploy goes on as if nothing had been. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '@boti/testkit';
import { startDirectorWith } from './scene/altered-director.ts';
import { botiProgram } from './scene/embedded-director.ts';
import { exampleRelease, type Operation, type RedisDeployment, redisDeployment } from './scene/redis-deployment.ts';

let redis: RedisDeployment;
let releaseDir: string;
before(async () => {
  redis = await redisDeployment({ cli: botiProgram });
  releaseDir = await exampleRelease(redis.director);
});
after(() => redis?.[Symbol.asyncDispose]());

const quick: Operation = { path: '/update/canary_watch_time', value: '1000-4000' };
const property = (name: string, value: unknown): Operation => ({
  path: `/instance_groups/name=primary/jobs/name=redis/properties/${name}?`,
  value,
});

test('a package that does not compile is reported with the end of its log, and takes no VM', async () => {
  const packaging = join(releaseDir, 'packages/redis/packaging');
  const text = await readFile(packaging, 'utf8');
  await writeFile(packaging, "echo 'the compiler is on strike' >&2\nexit 7\n");
  await uploadRelease();

  const output = await redis.failToDeploy();

  assert.match(output, /redis/);
  assert.match(output, /the compiler is on strike/);
  assert.deepEqual(await redis.cli.rows('vms'), []);
  await writeFile(packaging, text);
});

test('a template that raises is reported with its line, before any VM is made', async () => {
  await uploadRelease();

  const output = await redis.failToDeploy(property('save', 5));

  assert.match(output, /Error filling in template 'redis\.conf\.erb' \(line \d+: undefined method/);
  assert.deepEqual(await redis.cli.rows('vms'), []);
});

test('a misspelt key is warned of with its line and the right word, a missing one refused', async () => {
  const warned = await redis.failToDeploy(
    { path: '/instance_groups/name=primary/persistant_disk_type?', value: 'default' },
    { path: '/instance_groups/name=primary/vm_type', value: 'defualt' },
  );
  const refused = await redis.failToDeploy({ path: '/instance_groups/name=primary/instances', value: 'many' });

  assert.match(warned, /persistant_disk_type.*persistent_disk_type/);
  assert.match(warned, /Instance group 'primary' references an unknown vm type 'defualt'/);
  assert.match(refused, /'instances'.*Integer/);
});

test('a job that never comes up is reported with its process and its last words', async () => {
  const output = await redis.failToDeploy(quick, property('maxmemory', 'much'));

  assert.match(output, /'primary\/\S+ \(0\)' is not running after update\. Review logs for failed jobs: redis/);
  assert.match(output, /maxmemory much/);
  const primary = await redis.primary();
  assert.equal(primary.state, 'failing');
  assert.deepEqual(await redis.cli.rows('locks'), []);
});

test('a cancelled deploy lets go of its lock', async () => {
  const waiting = redis.failToDeploy(property('maxmemory', 'more'));
  const task = await runningDeploy();

  await redis.cli.run('cancel-task', task);
  await waiting;

  assert.deepEqual(await redis.cli.rows('locks'), []);
  const [last] = await redis.cli.rows('tasks', '--recent=1');
  assert.deepEqual([last?.id, last?.state], [task, 'cancelled']);
});

test('an agent that never answers is told apart from a slow one', async () => {
  const { director, cli } = redis;
  const closedPort = `nats://${director.ip(1)}:4`;
  await using _ = await startDirectorWith(director, { agentWaitSeconds: 5, maxVmCreateTries: 1 }, closedPort);

  const output = await redis.failToDeploy({ path: '/instance_groups/name=replica/instances', value: 3 });

  assert.match(output, /Timed out sending 'ping' to instance: 'replica\/\S+', agent-id: '\S+' after 5 seconds/);
  assert.match(output, /The CPI says that VM '\S+' of replica\/\S+ exists\./);
  assert.match(output, /Most likely cause: The agent never came to the message bus/);
  assert.match(output, /could not connect to NATS.*10\.247\.\d+\.1:4\D/);
  assert.equal((await cli.rows('vms')).length, 3);
});

test('once the causes are gone, a deploy mends everything', async () => {
  await redis.director.up('--no-example', '--stemcell', join(redis.director.dir, 'stemcell.tgz'));

  await redis.deploy();

  const states = (await redis.instances()).map(({ group, state }) => `${group} ${state}`);
  assert.deepEqual(states, ['primary running', 'replica running', 'replica running']);
  const [errand] = await redis.cli.rows('run-errand', 'smoke-tests');
  assert.equal(errand?.exit_code, '0');
});

test('a VM that is lost comes back as a recovery plan says', async () => {
  const { cli, director } = redis;
  const plan = join(director.dir, 'plan.yml');
  const [replica] = await redis.instances('replica');
  await cli.run('delete-vm', replica?.vm ?? '');

  // Make the VM anew, and ask for another max_in_flight.
  const asked = await cli.answer(['3', 'y', '50%'], 'create-recovery-plan', plan);
  const summary = await cli.answer(['y'], 'recover', plan);

  assert.match(asked, /Instance Group 'replica'/);
  assert.match(asked, /Override current max_in_flight value of '\S+'\?/);
  assert.equal(
    await readFile(plan, 'utf8'),
    `instance_groups_plan:
- name: replica
  max_in_flight_override: 50%
  planned_resolutions:
    missing_vm: recreate_vm
`,
  );
  assert.match(summary, /Instance Group 'replica' plan summary \(max_in_flight override: 50%\)/);
  const states = (await redis.instances()).map(({ group, state }) => `${group} ${state}`);
  assert.deepEqual(states, ['primary running', 'replica running', 'replica running']);
  assert.match(await cli.answer([], 'recover', plan), /No problems found/);
});

async function uploadRelease(): Promise<void> {
  const tarball = join(redis.director.dir, 'release.tgz');
  await redis.cli.run('create-release', '--dir', releaseDir, '--force', '--tarball', tarball);
  await redis.cli.run('upload-release', tarball);
}

/** The deploy, once it waits for Redis. */
function runningDeploy(): Promise<string> {
  return waitFor(
    'a deploy that starts jobs',
    async () => {
      const [task] = await redis.cli.rows('tasks');
      const events = task?.id === undefined ? '' : await redis.cli.run('curl', `/tasks/${task.id}/output?type=event`);
      return /starting jobs/.test(events) && task?.id;
    },
    60_000,
  );
}
