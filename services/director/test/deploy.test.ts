import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { listOrphanDisks } from '../src/disks/disk-store.ts';
import { instancesOf, type StoredInstance } from '../src/instances/instance-store.ts';
import { allAddresses } from '../src/networks/address-store.ts';
import {
  deleteDeploymentTask,
  fetchLogsTask,
  runErrandTask,
  sshTask,
  updateInstanceTask,
  vmStateTask,
} from '../src/tasks/task-kinds.ts';
import {
  errorOf,
  type FinishedTask,
  stagesOf,
  startDeployLab,
  succeeded,
  webManifest,
  webRelease,
} from './support/deploy-lab.ts';

// One Director for the whole file: each test goes on from the state that the one before has left.
const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));

const servers = async (): Promise<StoredInstance[]> =>
  (await instancesOf(lab.database, 1)).filter(({ group }) => group === 'server');
const updated = (task: FinishedTask): string[] =>
  task.events
    .filter(({ stage, state }) => stage === 'Updating instance' && state === 'started')
    .map(({ task: name }) => String(name).replace(/\/\S+/, ''));

test('a release is compiled and deployed', async () => {
  const task = succeeded(await lab.deploy(webManifest));

  assert.deepEqual(stagesOf(task), [
    'Preparing deployment',
    'Preparing package compilation',
    'Compiling packages',
    'Creating missing vms',
    'Updating instance',
  ]);
  assert.deepEqual(updated(task), ['server (0) (canary)', 'server (1)']);
  const instances = await instancesOf(lab.database, 1);
  assert.deepEqual(
    instances.map(({ group, index, az, updateCompleted, vm }) => [group, index, az, updateCompleted, vm !== null]),
    [
      ['server', 0, 'z1', true, true],
      ['server', 1, 'z2', true, true],
      ['smoke', 0, 'z1', false, false],
    ],
  );
});

test('deploying the same again changes nothing', async () => {
  const task = succeeded(await lab.deploy(webManifest));

  assert.deepEqual(stagesOf(task), ['Preparing deployment', 'Preparing package compilation']);
});

test('a changed property updates its instances in place', async () => {
  const vms = (await servers()).map(({ vm }) => vm?.cid);

  const task = succeeded(await lab.deploy(webManifest.replace('greeting: hi', 'greeting: ho')));

  assert.deepEqual(updated(task), ['server (0) (canary)', 'server (1)']);
  assert.deepEqual(
    (await servers()).map(({ vm }) => vm?.cid),
    vms,
  );
});

test('more instances get VMs, fewer lose theirs, and nothing else is touched', async () => {
  const manifest = webManifest.replace('greeting: hi', 'greeting: ho');

  const up = succeeded(await lab.deploy(manifest.replace('instances: 2', 'instances: 4')));
  const down = succeeded(await lab.deploy(manifest));

  assert.deepEqual(updated(up), ['server (2) (canary)', 'server (3)']);
  assert.ok(stagesOf(down).includes('Deleting unneeded instances'));
  assert.deepEqual(updated(down), []);
  assert.deepEqual(
    (await servers()).map(({ index }) => index),
    [0, 1],
  );
});

test('a larger disk is a new one, with the old one orphaned', async () => {
  const manifest = webManifest
    .replace('greeting: hi', 'greeting: ho')
    .replace('_disk_type: small', '_disk_type: large');
  const before = (await servers()).flatMap(({ disks }) => disks.map(({ cid }) => cid));

  succeeded(await lab.deploy(manifest));

  const after = (await servers()).flatMap(({ disks }) => disks);
  assert.deepEqual(
    after.map(({ sizeMib, active }) => [sizeMib, active]),
    [
      [2048, true],
      [2048, true],
    ],
  );
  const orphans = (await listOrphanDisks(lab.database)).map(({ cid }) => cid);
  assert.ok(before.every((cid) => orphans.includes(cid)));
});

test('recreate gives every instance a new VM with the same disk', async () => {
  const manifest = webManifest
    .replace('greeting: hi', 'greeting: ho')
    .replace('_disk_type: small', '_disk_type: large');
  const before = await servers();

  succeeded(await lab.deploy(manifest, { recreate: true }));

  const after = await servers();
  assert.deepEqual(
    after.map(({ disks }) => disks[0]?.cid),
    before.map(({ disks }) => disks[0]?.cid),
  );
  assert.ok(after.every(({ vm }, index) => vm?.cid !== before[index]?.vm?.cid));
  assert.deepEqual(
    after.map(({ addresses }) => addresses[0]?.address),
    before.map(({ addresses }) => addresses[0]?.address),
  );
});

test('an errand runs on a VM of its own, which is deleted afterwards', async () => {
  const input = { deployment: 'web', errand: 'smoke', keepAlive: false, whenChanged: false, instances: [] };

  const task = succeeded(await lab.run(runErrandTask, input, 'web'));

  assert.equal(task.result, '1 succeeded, 0 errored, 0 canceled');
  assert.equal(JSON.parse(task.output).exit_code, 0);
  assert.ok((await instancesOf(lab.database, 1)).every(({ group, vm }) => group !== 'smoke' || vm === null));
});

test('vm states, ssh and logs are asked of the agents', async () => {
  const state = succeeded(await lab.run(vmStateTask, { deployment: 'web', of: 'instances' }, 'web'));
  const target = { group: 'server', indexes: ['0'], ids: ['0'] };
  const params = { user: 'bosh_1', public_key: 'ssh-rsa AAAA' };
  const ssh = succeeded(await lab.run(sshTask, { deployment: 'web', command: 'setup', target, params }, 'web'));
  const logs = succeeded(
    await lab.run(fetchLogsTask, { deployment: 'web', group: '*', instance: '*', types: ['job'], filters: [] }, 'web'),
  );

  const rows = state.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(rows.map(({ job_state }) => job_state).sort(), [null, 'running', 'running'].sort());
  assert.equal(JSON.parse(ssh.output)[0].status, 'success');
  assert.match(logs.result ?? '', /^[0-9a-f-]{36}$/);
});

test('one instance is stopped hard and started again, the other left alone', async () => {
  const [first] = await servers();
  const input = { deployment: 'web', group: 'server', instance: '0', skipDrain: false, ignoreUnresponsiveAgent: false };

  succeeded(await lab.run(updateInstanceTask, { ...input, action: 'stop', hard: true }, 'web'));
  const stopped = await servers();
  succeeded(await lab.run(updateInstanceTask, { ...input, action: 'start', hard: false }, 'web'));
  const started = await servers();

  assert.deepEqual(
    stopped.map(({ state, vm }) => [state, vm !== null]),
    [
      ['detached', false],
      ['started', true],
    ],
  );
  assert.deepEqual(
    started.map(({ state, vm }) => [state, vm !== null]),
    [
      ['started', true],
      ['started', true],
    ],
  );
  assert.equal(started[0]?.disks[0]?.cid, first?.disks[0]?.cid);
});

test('a deploy that fails half-way is finished by the next one', async () => {
  const manifest = webManifest
    .replace('_disk_type: small', '_disk_type: large')
    .replace('greeting: hi', 'greeting: hello');
  await lab.break({ action: 'start', times: 1, exception: 'monit is ill' });

  const failed = await lab.deploy(manifest);
  const repeated = succeeded(await lab.deploy(manifest));

  assert.equal(failed.state, 'error');
  assert.match(failed.result ?? '', /monit is ill/);
  assert.deepEqual(updated(repeated), ['server (0) (canary)', 'server (1)']);
});

test('templates that raise are all named, and nothing is touched', async () => {
  const vms = (await servers()).map(({ vm }) => vm?.cid);
  const manifest = webManifest.replace('greeting: hi', 'greeting: hi, broken: both');

  const task = await lab.deploy(manifest);

  assert.equal(task.state, 'error');
  const { message } = errorOf(task);
  assert.match(message, /Error filling in template 'config.erb' \(line 2: both\)/);
  assert.match(message, /Error filling in template 'other.erb' \(line 1: both\)/);
  assert.deepEqual(
    (await servers()).map(({ vm }) => vm?.cid),
    vms,
  );
});

test('a network that is too small is found out before anything is touched', async () => {
  const task = await lab.deploy(webManifest.replace('instances: 2', 'instances: 300'));

  assert.equal(errorOf(task).code, 130011);
  assert.equal((await servers()).length, 2);
});

test('deleting the deployment leaves orphaned disks and nothing else', async () => {
  succeeded(await lab.run(deleteDeploymentTask, { deployment: 'web', force: false, keepSnapshots: false }, 'web'));

  assert.deepEqual(await allAddresses(lab.database), []);
  assert.deepEqual((await lab.database.query('select 1 from vms')).rows, []);
  assert.deepEqual((await lab.database.query('select 1 from cloud_creations')).rows, []);
});
