import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskCid, stemcellCid, vmCid } from '@boti/core';
import { z } from 'zod';
import { CloudError } from './cloud-error.ts';
import type { Cloud } from './contract.ts';
import { type CpiContext, type CpiDefinition, dispatch } from './dispatch.ts';

const calls: unknown[] = [];
const nothing = async (): Promise<void> => undefined;
const cloud: Cloud = {
  async createStemcell(...args) {
    calls.push(args);
    return stemcellCid('s');
  },
  deleteStemcell: nothing,
  async createVm(request) {
    calls.push(request);
    return { cid: vmCid('vm-1'), networks: request.networks };
  },
  deleteVm: async () => {
    throw new CloudError('VMNotFound', 'it is gone', { hint: 'Never mind.' });
  },
  hasVm: async () => true,
  createDisk: async (_size, _properties, vm) => diskCid(vm ?? 'none'),
  deleteDisk: async () => {
    throw new TypeError('a bug');
  },
  hasDisk: async () => false,
  attachDisk: async () => ({ path: '/dev/x' }),
  detachDisk: nothing,
};
const contexts: CpiContext[] = [];
const definition: CpiDefinition<{ region: string; user: string }> = {
  name: 'test',
  config: z.strictObject({ region: z.string(), user: z.string() }),
  stemcellFormats: ['f'],
  async open({ region, user }, context) {
    contexts.push(context);
    return { ...cloud, consoleLog: async () => `${user}@${region}` };
  },
};
const ask = (method: string, args: readonly unknown[], more: object = {}) =>
  dispatch(
    definition,
    { method, arguments: args, context: { director_uuid: 'd', request_id: 'cpi-000001', user: 'u' }, ...more },
    {
      file: { properties: { region: 'r', user: 'overridden' }, agent: { mbus: 'nats://x' } },
      signal: new AbortController().signal,
      stderr: () => undefined,
    },
  );

test('V1: info tells formats, version and the extensions that the cloud has', async () => {
  const { result } = await ask('info', []);

  assert.deepEqual(result, {
    stemcell_formats: ['f'],
    api_version: 3,
    boti: { extensions: ['serve', 'cancel', 'console_log'] },
  });
});

test('V3, V4: shapes of results follow the version of the request', async () => {
  const vm = ['a', 's', {}, { lan: { type: 'manual', ip: '10.0.0.2' } }, [], {}];

  assert.equal((await ask('create_vm', vm)).result, 'vm-1');
  assert.deepEqual((await ask('create_vm', vm, { api_version: 2 })).result, ['vm-1', vm[3]]);
  assert.equal((await ask('attach_disk', ['v', 'd'], { api_version: 1 })).result, null);
  assert.deepEqual((await ask('attach_disk', ['v', 'd'], { api_version: 3 })).result, { path: '/dev/x' });
});

test('V5: create_stemcell hands on the tags of version 3', async () => {
  await ask('create_stemcell', ['/image', {}, { tags: { team: 'a' } }], { api_version: 3 });

  assert.deepEqual(calls.at(-1), ['/image', {}, { team: 'a' }]);
});

test('V6: a version that is not known is not implemented', async () => {
  assert.equal((await ask('has_vm', ['v'], { api_version: 4 })).error?.type, 'Bosh::Clouds::NotImplemented');
});

test('P6: context wins over the file, and carries what the call is made in', async () => {
  const context = { director_uuid: 'd', user: 'root', vm: { stemcell: { api_version: 3 } }, boti_creation: 'c-1' };

  assert.equal((await ask('console_log', ['v'], { context })).result, 'root@r');
  const { stemcellApiVersion, creationId, agent } = contexts.at(-1) as CpiContext;
  assert.deepEqual([stemcellApiVersion, creationId, agent], [3, 'c-1', { mbus: 'nats://x' }]);
});

test('P6: a configuration that does not fit is named', async () => {
  const { error } = await ask('has_vm', ['v'], { context: { director_uuid: 'd', regoin: 'x' } });

  assert.equal(error?.type, 'Bosh::Clouds::CpiError');
  assert.match(error?.message ?? '', /regoin/);
});

test('M10: arguments are checked and named', async () => {
  const messages = await Promise.all(
    [
      ask('has_vm', []),
      ask('attach_disk', ['v', 'd', 'x']),
      ask('create_disk', ['large', {}]),
      ask('create_vm', ['a', 's', {}, { lan: { type: 'wlan' } }]),
    ].map(async (answer) => (await answer).error?.message),
  );

  assert.match(messages[0] ?? '', /expected 1 \(vm_cid\), got 0/);
  assert.match(messages[1] ?? '', /expected 2 \(vm_cid, disk_cid\), got 3/);
  assert.match(messages[2] ?? '', /size: .*number/);
  assert.match(messages[3] ?? '', /networks\.lan\.type/);
});

test('null stands for an argument that is not given', async () => {
  assert.equal((await ask('create_disk', [10, null, null])).result, 'none');
  assert.equal((await ask('create_disk', [10, {}])).result, 'none');
});

test('unknown and missing methods are not implemented', async () => {
  for (const method of ['reboot_vm', 'configure_networks', 'constructor']) {
    assert.equal((await ask(method, ['v'])).error?.type, 'Bosh::Clouds::NotImplemented');
  }
});

test('E1, E4: errors keep their type and their hint; a bug is Unknown with its stack in the log', async () => {
  const gone = await ask('delete_vm', ['v']);
  const bug = await ask('delete_disk', ['d']);

  assert.deepEqual(gone.error, {
    type: 'Bosh::Clouds::VMNotFound',
    message: 'it is gone\nNever mind.',
    ok_to_retry: false,
  });
  assert.deepEqual(bug.error, { type: 'Unknown', message: 'a bug', ok_to_retry: false });
  assert.match(bug.log, /dispatch\.test\.ts/);
});

test('P2: what is no request is answered too', async () => {
  for (const body of [null, [], { method: 'info' }, { method: 'info', arguments: {} }]) {
    const options = {
      file: { properties: {}, agent: {} },
      signal: new AbortController().signal,
      stderr: () => undefined,
    };
    const { result, error, log } = await dispatch(definition, body, options);
    assert.deepEqual([result, error?.type, typeof log], [null, 'Bosh::Clouds::CpiError', 'string']);
  }
});
