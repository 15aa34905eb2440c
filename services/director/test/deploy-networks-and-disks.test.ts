import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { blobId } from '@boti/core';
import { listOrphanDisks } from '../src/disks/disk-store.ts';
import type { StoredInstance } from '../src/instances/instance-store.ts';
import {
  cloudConfig,
  type FinishedTask,
  stagesOf,
  startDeployLab,
  succeeded,
  warningsOf,
  webManifest,
  webRelease,
} from './support/deploy-lab.ts';

const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));
const config = await lab.saveCloudConfig(
  cloudConfig.replace(
    'compilation:',
    `- {name: given, type: dynamic, subnets: [{azs: [z1, z2]}]}
- {name: public, type: vip}
compilation:`,
  ),
);

const unchanged = ['Preparing deployment', 'Preparing package compilation'];
const one = webManifest.slice(0, webManifest.indexOf('- name: smoke')).replace('instances: 2', 'instances: 1');
const deploy = async (manifest: string, options = {}): Promise<FinishedTask> =>
  succeeded(await lab.deploy(manifest, { ...config, ...options }));

test('templates see the address that the cloud gave, and the next deploy has nothing to do', async () => {
  const manifest = one.replace('name: web\n', 'name: dynamic\n').replace('{name: default}', '{name: given}');

  await deploy(manifest);
  const [first] = await lab.instances('dynamic');
  const again = await deploy(manifest);

  const address = String(first?.spec?.networks.given?.ip);
  assert.match(address, /^10\.250\./);
  assert.match(await templatesOf(first), new RegExp(`hi from ${address}:80`));
  assert.deepEqual(stagesOf(again), unchanged);
});

test('a VM that an update left behind tells its address to the next one', async () => {
  const manifest = one.replace('name: web\n', 'name: dynamic\n').replace('{name: default}', '{name: given}');
  await lab.break({ action: 'start', times: 1, id: 'address', exception: 'monit is ill' });
  const failed = await lab.deploy(manifest, { ...config, recreate: true });
  assert.equal(failed.state, 'error');

  await deploy(manifest);

  const [instance] = await lab.instances('dynamic');
  const state = await lab.services.agents.of(instance?.vm?.agentId ?? '', 'it').call('get_state', []);
  assert.equal(instance?.spec?.networks.given?.ip, state.networks?.given?.ip);
});

test('a vip is kept through a recreate', async () => {
  const networks = '[{name: default, default: [dns, gateway]}, {name: public, static_ips: [192.0.2.7]}]';
  const manifest = one.replace('name: web\n', 'name: vip\n').replace('[{name: default}]', networks);

  await deploy(manifest);
  await deploy(manifest, { recreate: true });

  const [instance] = await lab.instances('vip');
  assert.deepEqual(instance?.addresses.map(({ address }) => address).includes('192.0.2.7'), true);
  assert.deepEqual(stagesOf(await deploy(manifest)), unchanged);
});

test('create-swap-delete is done as delete-create', async () => {
  const manifest = one
    .replace('name: web\n', 'name: swap\n')
    .replace('update: {', 'update: {vm_strategy: create-swap-delete, ');
  await deploy(manifest);
  const [before] = await lab.instances('swap');

  const task = await deploy(manifest, { recreate: true });

  const [now] = await lab.instances('swap');
  assert.match(warningsOf(task).join(), /VMs of server are deleted before new ones are made/);
  assert.notEqual(now?.vm?.cid, before?.vm?.cid);
  assert.deepEqual(now?.addresses, before?.addresses);
});

test('disks with names are attached, not mounted; each is changed by itself', async () => {
  const disks = (log: string): string => `persistent_disks: [{name: data, type: small}, {name: log, type: ${log}}]`;
  const manifest = one.replace('name: web\n', 'name: named\n');
  await deploy(manifest.replace('persistent_disk_type: small', disks('small')));
  const [before] = await lab.instances('named');
  const task = await deploy(manifest.replace('persistent_disk_type: small', disks('small')));
  await deploy(manifest.replace('persistent_disk_type: small', disks('large')));
  await deploy(manifest.replace('persistent_disk_type: small', disks('large')), { recreate: true });

  const [now] = await lab.instances('named');
  assert.deepEqual(stagesOf(task), unchanged);
  assert.deepEqual(describe(now), [
    ['data', 1024, true],
    ['log', 2048, true],
  ]);
  assert.equal(cidOf(now, 'data'), cidOf(before, 'data'));
  assert.ok((await listOrphanDisks(lab.database)).some(({ cid }) => cid === cidOf(before, 'log')));
  const vm = now?.vm?.cid ?? '';
  const attached = await lab.services.cpis
    .client('')
    .cloud()
    .getDisks(vm as never);
  assert.deepEqual(attached.toSorted(), now?.disks.map(({ cid }) => cid).toSorted());
  assert.deepEqual(await lab.services.agents.of(now?.vm?.agentId ?? '', 'it').call('list_disk', []), []);
});

test('a disk that was being replaced when the update failed still has its data moved by the next one', async () => {
  const manifest = one.replace('name: web\n', 'name: moved\n');
  await deploy(manifest);
  const [before] = await lab.instances('moved');
  const larger = manifest.replace('_disk_type: small', '_disk_type: large');
  for (const action of ['migrate_disk', 'unmount_disk', 'remove_persistent_disk']) {
    await lab.break({ action, times: 1, id: 'moved', exception: `${action} failed` });
    assert.equal((await lab.deploy(larger, config)).state, 'error');
  }

  await deploy(larger);

  const [now] = await lab.instances('moved');
  assert.deepEqual(describe(now), [['', 2048, true]]);
  assert.ok((await listOrphanDisks(lab.database)).some(({ cid }) => cid === before?.disks[0]?.cid));
  assert.deepEqual(
    await lab.services.agents.of(now?.vm?.agentId ?? '', 'it').call('list_disk', []),
    now?.disks.map(({ cid }) => cid),
  );
});

test('VMs by resources are what the cloud calculates', async () => {
  const manifest = one
    .replace('name: web\n', 'name: resources\n')
    .replace('vm_type: small', 'vm_resources: {cpu: 2, ram: 512, ephemeral_disk_size: 4096}');

  await deploy(manifest);

  const [instance] = await lab.instances('resources');
  assert.deepEqual(instance?.vm?.cloudProperties, { cpu: 2, ram: 512, disk: 4096 });
  assert.deepEqual(stagesOf(await deploy(manifest)), unchanged);
});

async function templatesOf(instance: StoredInstance | undefined): Promise<string> {
  const id = instance?.spec?.renderedTemplatesArchive?.blobstoreId ?? '';
  return gunzipSync(await buffer(await lab.services.blobstore.open(blobId(id)))).toString();
}

function describe(instance: StoredInstance | undefined): unknown[] {
  return (instance?.disks ?? []).map(({ name, sizeMib, active }) => [name, sizeMib, active]).sort();
}

function cidOf(instance: StoredInstance | undefined, name: string): string | undefined {
  return instance?.disks.find((disk) => disk.name === name)?.cid;
}
