import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { callCpi, type Outcome, startExampleCloud } from './support.ts';

const dir = await mkdtemp(join(tmpdir(), 'CPI_NAME-'));
const cloud = await startExampleCloud(dir);
after(() => cloud.stop());

const agentId = '6f0c1d0e-6b43-4d5b-8f1c-2f6a1f5f8a11';
const network = { type: 'manual', ip: '10.0.0.5', netmask: '255.255.255.0', gateway: '10.0.0.1', default: ['gateway'] };

async function call(method: string, ...args: readonly unknown[]): Promise<unknown> {
  const { result, error } = await outcome(method, ...args);
  assert.equal(error, null, `${method}: ${error?.message}`);
  return result;
}

function outcome(method: string, ...args: readonly unknown[]): Promise<Outcome> {
  return callCpi({ config: cloud.config, method, args });
}

async function newStemcell(): Promise<unknown> {
  const image = join(dir, 'image');
  await writeFile(image, 'an image');
  return await call('create_stemcell', image, {});
}

test('a VM and its disk, from the stemcell to the end', async () => {
  const stemcell = await newStemcell();
  const [vm] = (await call('create_vm', agentId, stemcell, { memory: 512 }, { default: network }, [], {})) as [string];
  assert.equal(await call('has_vm', vm), true);
  await call('set_vm_metadata', vm, { deployment: 'redis' });

  const disk = await call('create_disk', 1024, {}, vm);
  const hint = await call('attach_disk', vm, disk);
  assert.deepEqual(await call('attach_disk', vm, disk), hint, 'the same hint again');
  assert.deepEqual(await call('get_disks', vm), [disk]);
  await call('delete_snapshot', await call('snapshot_disk', disk, {}));

  await call('detach_disk', vm, disk);
  assert.equal((await outcome('detach_disk', vm, disk)).error?.type, 'Bosh::Clouds::DiskNotAttached');
  await call('delete_vm', vm);
  await call('delete_vm', vm);
  assert.equal(await call('has_vm', vm), false);
  assert.equal(await call('has_disk', disk), true, 'disks outlive their VM');
  await call('delete_disk', disk);
  await call('delete_stemcell', stemcell);
});

test('create_vm for the same agent again makes one VM in the end', async () => {
  const stemcell = await newStemcell();
  const create = (): Promise<unknown> => call('create_vm', agentId, stemcell, {}, { default: network }, [], {});
  const [first] = (await create()) as [string];
  const [second] = (await create()) as [string];
  assert.equal(await call('has_vm', first), false);
  await call('delete_vm', second);
});

test('unknown cloud properties are refused by name', async () => {
  const stemcell = await newStemcell();
  const { error } = await outcome('create_vm', agentId, stemcell, { memroy: 512 }, { default: network }, [], {});
  assert.equal(error?.type, 'Bosh::Clouds::CpiError');
  assert.match(error?.message ?? '', /memroy/);
});
