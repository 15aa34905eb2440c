import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callArguments } from './call-arguments.ts';

test('arguments are given in order or by name, and what is left out has its usual value', async () => {
  assert.deepEqual(await callArguments('has_vm', ['123']), ['123']);
  assert.deepEqual(await callArguments('create_disk', ['1024']), [1024, {}, null]);
  assert.deepEqual(await callArguments('create_disk', ['vm_cid=vm-1', 'size=10', 'cloud_properties.type=ssd']), [
    10,
    { type: 'ssd' },
    'vm-1',
  ]);
  assert.deepEqual(await callArguments('create_stemcell', ['/image']), ['/image', {}]);
});

test('keys of objects are set one by one, over the object as a whole', async () => {
  const args = await callArguments('create_vm', [
    'agent-1',
    'stemcell-1',
    '{cpu: 1, disks: {root: 5}}',
    'cloud_properties.disks.root=10',
    'cloud_properties.cpu=2',
    'env.bosh.group=a=b',
    'disk_cids=[d1, d2]',
  ]);

  assert.deepEqual(args, [
    'agent-1',
    'stemcell-1',
    { cpu: 2, disks: { root: 10 } },
    {},
    ['d1', 'd2'],
    { bosh: { group: 'a=b' } },
  ]);
});

test('of a method that is not known, arguments are JSON or else texts', async () => {
  assert.deepEqual(await callArguments('launch', ['1', '{"a":null}', 'plain=text', '[']), [
    1,
    { a: null },
    'plain=text',
    '[',
  ]);
});

test('a missing, a surplus and a wrong argument are named', async () => {
  await assert.rejects(callArguments('attach_disk', ['vm-1']), {
    message: "Argument 'disk_cid' of attach_disk is missing",
    hint: 'It takes vm_cid disk_cid.',
  });
  await assert.rejects(callArguments('has_vm', ['vm-1', 'vm-2']), { message: 'Too many arguments for has_vm' });
  await assert.rejects(callArguments('create_disk', ['big']), {
    message: "Argument 'size' of create_disk must be a number, and is 'big'",
  });
  await assert.rejects(callArguments('has_vm', ['@/does/not/exist']), /cannot be read/);
});
