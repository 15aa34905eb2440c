import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { vmCid } from '@boti/core';
import { listOrphanDisks } from '../src/disks/disk-store.ts';
import { orphanDiskTask, updateInstanceTask } from '../src/tasks/task-kinds.ts';
import { errorOf, startDeployLab, succeeded, warningsOf, webManifest, webRelease } from './support/deploy-lab.ts';

const lab = await startDeployLab({ after });
const manifest = webManifest.replace('instances: 2', 'instances: 1');
succeeded(await lab.uploadRelease(webRelease));
succeeded(await lab.deploy(manifest));

const orphan = (cid: string) => lab.run(orphanDiskTask, { diskCid: cid });

async function server() {
  const [found] = await lab.instances('web');
  assert.ok(found?.vm != null);
  return { ...found, vm: found.vm, cid: found.disks[0]?.cid ?? '' };
}

test('a disk whose instance runs is refused at once, and its agent is not asked', async () => {
  const before = await server();
  await lab.break({ action: 'unmount_disk', hang: true });

  const refused = await orphan(before.cid);

  assert.match(errorOf(refused).message, /Disk '\S+' is in use: instance 'server\/\S+' of deployment 'web' runs/);
  assert.match(errorOf(refused).hint ?? '', /boti -d web stop server\//);
  assert.deepEqual((await server()).disks, before.disks);
  await lab.break();
});

test('the disk of a stopped instance becomes an orphan, and its next start makes another', async () => {
  const { cid, vm, uuid } = await server();
  const input = { deployment: 'web', group: 'server', instance: uuid, hard: false };
  const change = async (action: 'stop' | 'start') =>
    lab.run(updateInstanceTask, { ...input, action, skipDrain: false, ignoreUnresponsiveAgent: false }, 'web');
  succeeded(await change('stop'));

  const task = succeeded(await orphan(cid));

  assert.equal(task.result, `disk ${cid} orphaned`);
  assert.deepEqual(
    (await listOrphanDisks(lab.database)).map((disk) => disk.cid),
    [cid],
  );
  assert.deepEqual(await lab.services.cpis.client('').cloud().getDisks(vmCid(vm.cid)), []);
  succeeded(await change('start'));
  const now = await server();
  assert.notEqual(now.cid, cid);
  assert.deepEqual(await lab.services.cpis.client('').cloud().getDisks(vmCid(now.vm.cid)), [now.cid]);
});

test('a disk that nobody knows is told of, and is no failure', async () => {
  const task = succeeded(await orphan('d-0'));

  assert.deepEqual(warningsOf(task), ['Disk d-0 does not exist. Orphaning is skipped']);
});
