/**
 * The circle: `create-env` puts a Director into a VM of the container cloud, and that Director deploys Redis into further
 * VMs beside its own, by the same CPI. Each step goes on from where the one before has left it.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '@boti/testkit';
import { type BootstrappedDirector, bootstrappedDirector } from './scene/bootstrapped-director.ts';
import type { DirectorCli, Row } from './scene/director-cli.ts';
import { type EmbeddedDirector, embeddedDirector, root } from './scene/embedded-director.ts';
import { redis } from './scene/redis-client.ts';
import { exampleRelease } from './scene/redis-deployment.ts';

let machine: EmbeddedDirector;
let bootstrap: BootstrappedDirector;
before(async () => {
  machine = await embeddedDirector();
  bootstrap = await bootstrappedDirector(machine);
});
after(() => machine[Symbol.asyncDispose]());

const unchanged = /No deployment, stemcell or release changes\. Skipping deploy\./;
const cli = (): Promise<DirectorCli> => bootstrap.cli('redis');

test('create-env makes a VM that holds a Director', async () => {
  const output = await bootstrap.createEnv([]);

  assert.match(output, /Running the post-start scripts 'boti\/0'\.\.\. Finished/);
  const [info] = await (await cli()).rows('environment');
  assert.equal(info?.name, 'circle');
  assert.equal(info?.user, 'admin');
  assert.deepEqual((await bootstrap.cloudContent()).vms, [(await bootstrap.state()).current_vm_cid]);
});

test('create-env again changes nothing', async () => {
  const before = await bootstrap.state();

  assert.match(await bootstrap.createEnv([]), unchanged);

  assert.deepEqual(await bootstrap.state(), before);
});

test('the Director deploys Redis into VMs beside its own', async () => {
  const director = await cli();
  await director.run('upload-stemcell', bootstrap.stemcell);
  await director.run('update-cloud-config', await cloudConfig());
  const release = await exampleRelease(machine);
  await director.run('create-release', '--dir', release, '--force', '--tarball', join(machine.dir, 'redis.tgz'));
  await director.run('upload-release', join(machine.dir, 'redis.tgz'));

  await director.run('deploy', join(root, 'examples/redis.yml'), '--vars-store', join(machine.dir, 'vars.yml'));

  assert.match(await director.run('run-errand', 'smoke-tests'), /passed: 1 primary, 2 replica\(s\)/);
  assert.equal(await ask('SET', 'kept', 'over all of this'), 'OK');
  const { vms } = await bootstrap.cloudContent();
  assert.equal(vms?.length, 4);
});

test('a changed property is brought to the Director, which knows its deployments afterwards', async () => {
  // Agents are heard of every 30 seconds.
  const value = { poll_director: 3, analyze_agents: 3, agent_timeout: 45 };
  const change = { path: '/instance_groups/name=boti/properties/hm/intervals?', value };

  await bootstrap.createEnv([], change);

  await expectNothingLost();
  assert.match(await bootstrap.createEnv([], change), unchanged);
});

test('the health monitor has a lost VM made anew', async () => {
  const lost = (await instances()).find(({ instance }) => instance?.startsWith('replica/'));

  await bootstrap.loseVm(lost?.vm_cid ?? '');

  await waitFor(
    'the instance to run in another VM',
    async () => {
      const now = (await instances()).find(({ instance }) => instance === lost?.instance);
      return now?.process_state === 'running' && now.vm_cid !== lost?.vm_cid;
    },
    240_000,
  );
  await expectNothingLost();
});

test('--recreate keeps the database and the blobs on the persistent disk', async () => {
  const [vm, disks] = [(await bootstrap.state()).current_vm_cid, (await bootstrap.state()).disks];

  await bootstrap.createEnv(['--recreate']);

  assert.notEqual((await bootstrap.state()).current_vm_cid, vm);
  assert.deepEqual((await bootstrap.state()).disks, disks);
  await expectNothingLost();
  // The new VM gets its packages and templates out of the blobstore.
  await (await cli()).run('recreate', 'replica/0');
  assert.match(await (await cli()).run('run-errand', 'smoke-tests'), /passed: 1 primary, 2 replica\(s\)/);
});

test('delete-env leaves nothing', async () => {
  const director = await cli();
  await director.run('delete-deployment');
  await director.run('clean-up', '--all');

  const output = await bootstrap.deleteEnv();

  assert.match(output, /Deleting VM .*\.\.\. Finished/);
  assert.deepEqual(await bootstrap.cloudContent(), { vms: [], disks: [], stemcells: [], snapshots: [] });
  await machine.down();
  assert.deepEqual(await machine.trace.remains(), []);
});

async function expectNothingLost(): Promise<void> {
  const director = await cli();
  assert.deepEqual(
    (await director.rows('deployments')).map(({ name }) => name),
    ['redis'],
  );
  // Agents come back to the bus by themselves.
  await waitFor(
    'all agents to be back',
    async () => (await instances()).every((row) => row.process_state === 'running'),
    60_000,
  );
  assert.equal(await ask('GET', 'kept'), 'over all of this');
}

async function instances(): Promise<readonly Row[]> {
  const rows = await (await cli()).rows('instances', '--details');
  return rows.filter(({ instance }) => instance?.startsWith('smoke-tests/') === false);
}

/** Asks the primary. */
async function ask(...command: readonly string[]): Promise<unknown> {
  const primary = (await instances()).find(({ instance }) => instance?.startsWith('primary/'));
  const vars = await readFile(join(machine.dir, 'vars.yml'), 'utf8');
  return redis(primary?.ips ?? '', /^redis_password: (\S+)$/m.exec(vars)?.[1] ?? '', ...command);
}

/** The example's, in this machine's network and away from the Director's address. */
async function cloudConfig(): Promise<string> {
  const file = join(machine.dir, 'cloud-config.yml');
  const example = await readFile(join(root, 'examples/cloud-config.yml'), 'utf8');
  const own = example
    .replaceAll('10.244.0.', machine.ip(0).replace(/0$/, ''))
    .replace(/reserved: .*/, `reserved: [${machine.ip(2)} - ${machine.ip(49)}]`)
    .replace(/static: .*/, `static: [${machine.ip(50)} - ${machine.ip(69)}]`);
  await writeFile(file, own);
  return file;
}
