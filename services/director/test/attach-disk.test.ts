import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { diskCid, vmCid } from '@boti/core';
import { listOrphanDisks } from '../src/disks/disk-store.ts';
import { attachDiskTask, updateInstanceTask } from '../src/tasks/task-kinds.ts';
import {
  errorOf,
  type FinishedTask,
  startDeployLab,
  succeeded,
  webManifest,
  webRelease,
} from './support/deploy-lab.ts';

const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));
succeeded(await lab.deploy(webManifest));

async function first() {
  const found = (await lab.instances('web')).find(({ group, index }) => group === 'server' && index === 0);
  assert.ok(found !== undefined);
  return found;
}

const attach = (cid: string, options: { readonly instance?: string; readonly copyProperties?: boolean } = {}) =>
  lab.run(
    attachDiskTask,
    { deployment: 'web', group: 'server', instance: '0', diskCid: cid, copyProperties: false, ...options },
    'web',
  );

async function change(action: 'stop' | 'start', hard = false): Promise<FinishedTask> {
  const input = { deployment: 'web', group: 'server', instance: '0', action, hard };
  return succeeded(
    await lab.run(updateInstanceTask, { ...input, skipDrain: false, ignoreUnresponsiveAgent: false }, 'web'),
  );
}

async function newDisk(): Promise<string> {
  return lab.services.cpis.client('').cloud().createDisk(1024, {});
}

const attachedTo = (cid: string | undefined): Promise<readonly string[]> =>
  lab.services.cpis
    .client('')
    .cloud()
    .getDisks(vmCid(cid ?? ''));

test('an instance that nobody knows and one that runs are refused', async () => {
  const unknown = await attach('d-1', { instance: '7' });
  const running = await attach('d-1');

  assert.deepEqual(errorOf(unknown), {
    code: 520001,
    message: "Instance 'server/7' in deployment 'web' was not found",
  });
  assert.equal(errorOf(running).code, 520003);
});

test('a stopped instance gets another disk, and its own becomes an orphan that can come back', async () => {
  await change('stop');
  const before = await first();
  const own = before.disks[0]?.cid ?? '';
  const other = await newDisk();

  const there = succeeded(await attach(other, { copyProperties: true }));
  const between = await first();
  const orphans = await listOrphanDisks(lab.database);
  succeeded(await attach(own));
  await change('start');

  assert.equal(there.result, `attached disk '${other}' to 'server/0' in deployment 'web'`);
  assert.deepEqual(
    between.disks.map(({ cid, sizeMib, active }) => [cid, sizeMib, active]),
    [[other, 1024, true]],
  );
  assert.deepEqual(
    orphans.map(({ cid }) => cid),
    [own],
  );
  const now = await first();
  assert.deepEqual(
    now.disks.map(({ cid }) => cid),
    [own],
  );
  assert.equal(now.vm?.cid, before.vm?.cid);
  assert.equal(now.updateCompleted, true);
  assert.equal(await lab.services.cpis.client('').cloud().hasDisk(diskCid(other)), true);
});

test('a disk that the cloud does not have, or that is in use, is refused and nothing changes', async () => {
  await change('stop');
  const before = await first();
  const taken = (await lab.instances('web')).find(({ index }) => index === 1)?.disks[0]?.cid ?? '';

  const missing = await attach('no-such-disk');
  const used = await attach(taken);

  assert.match(errorOf(missing).message, /no disk 'no-such-disk'/);
  assert.match(errorOf(used).message, /is a persistent disk of instance 'server\//);
  assert.deepEqual(await first(), before);
});

test('when the new disk cannot be attached the previous one is attached again', async () => {
  const before = await first();
  const other = await newDisk();
  await lab.break({ method: 'attach_disk', match: other, times: 1, error: { message: 'the bus is full' } });

  const failed = await attach(other);

  assert.match(errorOf(failed).message, /the bus is full/);
  assert.deepEqual((await first()).disks, before.disks);
  succeeded(await attach(other, { copyProperties: true }));
  await change('start');
  assert.equal((await first()).disks[0]?.cid, other);
});

test('a detached instance is given the disk when it is started again', async () => {
  await change('stop', true);
  const other = await newDisk();

  succeeded(await attach(other, { copyProperties: true }));
  await change('start');

  const { vm, disks } = await first();
  assert.equal(disks[0]?.cid, other);
  assert.ok((await attachedTo(vm?.cid)).includes(other));
});
