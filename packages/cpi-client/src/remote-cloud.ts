import { diskCid, networkCid, snapshotCid, stemcellCid, vmCid } from '@boti/core';
import type { DiskHint } from '@boti/cpi-sdk';
import { type Cloud, CloudError } from '@boti/cpi-sdk';
import { z } from 'zod';

/** Makes one call; answers the version it was made in and the result as it came. */
export type RemoteCall = (
  method: string,
  args: readonly unknown[],
) => Promise<{ readonly apiVersion: number; readonly result: unknown }>;

const object = z.record(z.string(), z.unknown());
/** CPIs in dynamic languages may answer numbers. */
const cid = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .describe('a cloud ID');
const networks = object.nullish().transform((value) => value ?? {});

/** The calls of `Cloud` as calls of a CPI. Answers of void methods are ignored: some CPIs give numbers there. */
export function remoteCloud(call: RemoteCall): Required<Cloud> {
  const ask = async <T>(method: string, args: readonly unknown[], schema: z.ZodType<T>): Promise<T> => {
    const { result } = await call(method, args);
    return parseResult(method, schema, result);
  };
  const tell = async (method: string, ...args: readonly unknown[]): Promise<void> => void (await call(method, args));
  return { ...vmCalls(call, ask, tell), ...diskCalls(call, ask, tell), ...otherCalls(ask, tell) };
}

type Ask = <T>(method: string, args: readonly unknown[], schema: z.ZodType<T>) => Promise<T>;
type Tell = (method: string, ...args: readonly unknown[]) => Promise<void>;

type VmMethod =
  | 'createVm'
  | 'deleteVm'
  | 'hasVm'
  | 'rebootVm'
  | 'setVmMetadata'
  | 'calculateVmCloudProperties'
  | 'consoleLog';

function vmCalls(call: RemoteCall, ask: Ask, tell: Tell): Pick<Required<Cloud>, VmMethod> {
  return {
    async createVm({ agentId, stemcellCid, cloudProperties, networks: wanted, diskCids, env }) {
      const args = [agentId, stemcellCid, cloudProperties, wanted, diskCids, env];
      const { apiVersion, result } = await call('create_vm', args);
      if (apiVersion < 2) return { cid: vmCid(parseResult('create_vm', cid, result)), networks: wanted };
      const [id, given] = parseResult('create_vm', z.tuple([cid, networks], z.unknown()), result);
      return { cid: vmCid(id), networks: given as typeof wanted };
    },
    deleteVm: (vm) => tell('delete_vm', vm),
    hasVm: (vm) => ask('has_vm', [vm], z.boolean()),
    rebootVm: (vm) => tell('reboot_vm', vm),
    setVmMetadata: (vm, metadata) => tell('set_vm_metadata', vm, metadata),
    calculateVmCloudProperties: (resources) => ask('calculate_vm_cloud_properties', [resources], object),
    consoleLog: (vm) => ask('console_log', [vm], z.string()),
  };
}

type DiskMethod =
  | 'createDisk'
  | 'deleteDisk'
  | 'hasDisk'
  | 'attachDisk'
  | 'detachDisk'
  | 'getDisks'
  | 'setDiskMetadata'
  | 'resizeDisk'
  | 'updateDisk'
  | 'snapshotDisk'
  | 'deleteSnapshot';

function diskCalls(call: RemoteCall, ask: Ask, tell: Tell): Pick<Required<Cloud>, DiskMethod> {
  return {
    createDisk: (size, properties, vm) => ask('create_disk', [size, properties, vm ?? null], cid.transform(diskCid)),
    deleteDisk: (disk) => tell('delete_disk', disk),
    hasDisk: (disk) => ask('has_disk', [disk], z.boolean()),
    async attachDisk(vm, disk) {
      const { apiVersion, result } = await call('attach_disk', [vm, disk]);
      if (isHint(result)) return result;
      const why = apiVersion < 2 ? `: contract version ${apiVersion} passes it through a registry` : '';
      throw new CloudError('Unknown', `No disk_hint for the disk '${disk}' attached to the VM '${vm}'${why}`);
    },
    detachDisk: (vm, disk) => tell('detach_disk', vm, disk),
    getDisks: (vm) => ask('get_disks', [vm], z.array(cid.transform(diskCid))),
    setDiskMetadata: (disk, metadata) => tell('set_disk_metadata', disk, metadata),
    resizeDisk: (disk, size) => tell('resize_disk', disk, size),
    updateDisk: (disk, size, properties) =>
      ask(
        'update_disk',
        [disk, size, properties],
        cid.nullish().transform((id) => (id ? diskCid(id) : undefined)),
      ),
    snapshotDisk: (disk, metadata) => ask('snapshot_disk', [disk, metadata], cid.transform(snapshotCid)),
    deleteSnapshot: (snapshot) => tell('delete_snapshot', snapshot),
  };
}

type OtherMethod = 'createStemcell' | 'deleteStemcell' | 'createNetwork' | 'deleteNetwork' | 'findCreation' | 'list';

const listSchema = z.object({
  vms: z.array(z.string().transform(vmCid)),
  disks: z.array(z.string().transform(diskCid)),
  stemcells: z.array(z.string().transform(stemcellCid)),
  snapshots: z.array(z.string().transform(snapshotCid)),
});

function otherCalls(ask: Ask, tell: Tell): Pick<Required<Cloud>, OtherMethod> {
  return {
    createStemcell: (image, properties, tags) => {
      const env = tags === undefined ? [] : [{ tags }];
      return ask('create_stemcell', [image, properties, ...env], cid.transform(stemcellCid));
    },
    deleteStemcell: (stemcell) => tell('delete_stemcell', stemcell),
    createNetwork: async (definition) => {
      const result = await ask('create_network', [definition], z.tuple([cid, object, object]));
      return { cid: networkCid(result[0]), addresses: result[1], cloudProperties: result[2] };
    },
    deleteNetwork: (network) => tell('delete_network', network),
    findCreation: (id) =>
      ask(
        'find_creation',
        [id],
        cid.nullish().transform((found) => found ?? undefined),
      ),
    list: () => ask('list', [], listSchema),
  };
}

function isHint(value: unknown): value is DiskHint {
  if (typeof value === 'string') return value !== '';
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

function parseResult<T>(method: string, schema: z.ZodType<T>, result: unknown): T {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${['result', ...path].join('.')}: ${message}`);
  throw new CloudError(
    'Unknown',
    `CPI answered '${method}' with something else than the contract says: ${problems.join('; ')}`,
  );
}
