import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskCid, networkCid, snapshotCid, stemcellCid, vmCid } from '@boti/core';
import { z } from 'zod';
import type { Cloud } from './contract.ts';
import { type CpiDefinition, dispatch } from './dispatch.ts';
import { wireMethods } from './methods.ts';

const nothing = async (): Promise<void> => undefined;
const cloud: Required<Cloud> = {
  createStemcell: async () => stemcellCid('s'),
  deleteStemcell: nothing,
  createVm: async ({ networks }) => ({ cid: vmCid('v'), networks }),
  deleteVm: nothing,
  hasVm: async () => true,
  rebootVm: nothing,
  setVmMetadata: nothing,
  calculateVmCloudProperties: async () => ({}),
  createDisk: async () => diskCid('d'),
  deleteDisk: nothing,
  hasDisk: async () => true,
  attachDisk: async () => ({ path: '/dev/sdc' }),
  detachDisk: nothing,
  getDisks: async () => [],
  setDiskMetadata: nothing,
  resizeDisk: nothing,
  updateDisk: async () => undefined,
  snapshotDisk: async () => snapshotCid('s'),
  deleteSnapshot: nothing,
  createNetwork: async () => ({ cid: networkCid('n'), addresses: {}, cloudProperties: {} }),
  deleteNetwork: nothing,
  consoleLog: async () => '',
  findCreation: async () => undefined,
  list: async () => ({ vms: [], disks: [], stemcells: [], snapshots: [] }),
};
const definition: CpiDefinition<object> = {
  name: 'test',
  config: z.looseObject({}),
  cloudProperties: {
    vm: z.looseObject({}),
    disk: z.looseObject({}),
    network: z.looseObject({}),
    stemcell: z.looseObject({}),
  },
  stemcellFormats: [],
  open: async () => cloud,
};
const good: Readonly<Record<string, unknown>> = {
  size: 1,
  new_size: 1,
  vm_resources: { cpu: 1, ram: 1, ephemeral_disk_size: 1 },
  networks: {},
  'disk_cids?': [],
};
const objects = ['cloud_properties', 'metadata', 'metadata?', 'env?', 'definition'];
const goodValue = (name: string): unknown => good[name] ?? (objects.includes(name) ? {} : 'text');
const bad: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x'.repeat(100_000),
  '$(touch x); `id` ../../\0 ü 💥\n',
  [],
  [null],
  {},
  { a: null, constructor: 1 },
  JSON.parse('{"__proto__": {"type": 1}}'),
];

test('no argument of any method is a bug: it is taken, or refused by name', async () => {
  for (const [method, { parameters }] of Object.entries(wireMethods)) {
    for (const [index, name] of parameters.entries()) {
      for (const value of bad) {
        const args = parameters.map(goodValue).with(index, value);
        const { error } = await dispatch(
          definition,
          { method, arguments: args, context: { director_uuid: 'd' }, api_version: 3 },
          { file: { properties: {}, agent: {} }, signal: new AbortController().signal, stderr: () => undefined },
        );
        const where = `${method} ${name} = ${JSON.stringify(value)?.slice(0, 40)}`;
        if (error === null) continue;
        assert.equal(error.type, 'Bosh::Clouds::CpiError', `${where}: ${error.message}`);
        assert.match(error.message, new RegExp(`${name.replace('?', '\\?')}|properties`, 'i'), where);
      }
    }
  }
});
