import type { z } from 'zod';
import { CloudError } from './cloud-error.ts';
import type { Cloud, CreateVmRequest } from './contract.ts';
import { parameters as p } from './parameters.ts';

/** A method of the contract: what it takes on the wire, and how that becomes a call of `Cloud`. */
export interface WireMethod {
  /** Names of the positional parameters; a trailing `?` marks one that may be missing. */
  readonly parameters: readonly string[];
  /** The method of `Cloud` behind it; when the cloud lacks it the answer is NotImplemented. */
  readonly cloudMethod: keyof Cloud;
  run(cloud: Required<Cloud>, args: readonly unknown[], apiVersion: number): Promise<unknown>;
}

type Shape = Readonly<Record<string, z.ZodType>>;
type Values<S extends Shape> = { readonly [Name in keyof S]: z.output<S[Name]> };

function method<S extends Shape>(
  cloudMethod: keyof Cloud,
  shape: S,
  run: (cloud: Required<Cloud>, values: Values<S>, apiVersion: number) => Promise<unknown>,
): WireMethod {
  const names = Object.keys(shape);
  const optional = names.map((name) => name.endsWith('?'));
  const required = optional.indexOf(true) === -1 ? names.length : optional.indexOf(true);
  return {
    parameters: names,
    cloudMethod,
    run: (cloud, args, apiVersion) => {
      checkCount(names, required, args.length);
      const values = names.map((name, index) => parse(name, shape[name] as z.ZodType, args[index]));
      return run(cloud, Object.fromEntries(names.map((name, i) => [name, values[i]])) as Values<S>, apiVersion);
    },
  };
}

function checkCount(names: readonly string[], required: number, given: number): void {
  if (given >= required && given <= names.length) return;
  const wanted = required === names.length ? `${required}` : `${required} to ${names.length}`;
  throw new CloudError('CpiError', `Wrong number of arguments: expected ${wanted} (${names.join(', ')}), got ${given}`);
}

function parse(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = (name.endsWith('?') ? schema.nullish() : schema).safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`);
  throw new CloudError('CpiError', `Wrong argument: ${problems.join('; ')}`);
}

const nothing = async (call: Promise<void>): Promise<null> => {
  await call;
  return null;
};

const vm = { vm_cid: p.vmCid };
const disk = { disk_cid: p.diskCid };
const vmAndDisk = { ...vm, ...disk };
const resize = { ...disk, new_size: p.sizeMib };

/** Every method of contract v1 to v3 that is still called, and boti's extensions `console_log`, `find_creation` and `list`. */
export const wireMethods: Readonly<Record<string, WireMethod>> = {
  create_stemcell: method(
    'createStemcell',
    { image_path: p.text, cloud_properties: p.object, 'env?': p.object },
    (cloud, a) => {
      const tags = a['env?']?.tags as Record<string, unknown> | undefined;
      return cloud.createStemcell(a.image_path, a.cloud_properties, tags);
    },
  ),
  delete_stemcell: method('deleteStemcell', { stemcell_cid: p.stemcellCid }, (cloud, a) =>
    nothing(cloud.deleteStemcell(a.stemcell_cid)),
  ),
  create_vm: method(
    'createVm',
    {
      agent_id: p.agentId,
      stemcell_cid: p.stemcellCid,
      cloud_properties: p.object,
      networks: p.networks,
      'disk_cids?': p.diskCids,
      'env?': p.object,
    },
    async (cloud, a, apiVersion) => {
      const request: CreateVmRequest = {
        agentId: a.agent_id,
        stemcellCid: a.stemcell_cid,
        cloudProperties: a.cloud_properties,
        networks: a.networks,
        diskCids: a['disk_cids?'] ?? [],
        env: a['env?'] ?? {},
      };
      const { cid, networks } = await cloud.createVm(request);
      return apiVersion >= 2 ? [cid, networks] : cid;
    },
  ),
  delete_vm: method('deleteVm', vm, (cloud, a) => nothing(cloud.deleteVm(a.vm_cid))),
  has_vm: method('hasVm', vm, (cloud, a) => cloud.hasVm(a.vm_cid)),
  reboot_vm: method('rebootVm', vm, (cloud, a) => nothing(cloud.rebootVm(a.vm_cid))),
  set_vm_metadata: method('setVmMetadata', { ...vm, metadata: p.object }, (cloud, a) =>
    nothing(cloud.setVmMetadata(a.vm_cid, a.metadata)),
  ),
  calculate_vm_cloud_properties: method('calculateVmCloudProperties', { vm_resources: p.resources }, (cloud, a) =>
    cloud.calculateVmCloudProperties(a.vm_resources),
  ),
  create_disk: method('createDisk', { size: p.sizeMib, cloud_properties: p.object, 'vm_cid?': p.vmCid }, (cloud, a) =>
    cloud.createDisk(a.size, a.cloud_properties, a['vm_cid?'] ?? undefined),
  ),
  delete_disk: method('deleteDisk', disk, (cloud, a) => nothing(cloud.deleteDisk(a.disk_cid))),
  has_disk: method('hasDisk', disk, (cloud, a) => cloud.hasDisk(a.disk_cid)),
  attach_disk: method('attachDisk', vmAndDisk, async (cloud, a, apiVersion) => {
    const hint = await cloud.attachDisk(a.vm_cid, a.disk_cid);
    return apiVersion >= 2 ? hint : null;
  }),
  detach_disk: method('detachDisk', vmAndDisk, (cloud, a) => nothing(cloud.detachDisk(a.vm_cid, a.disk_cid))),
  get_disks: method('getDisks', vm, (cloud, a) => cloud.getDisks(a.vm_cid)),
  set_disk_metadata: method('setDiskMetadata', { ...disk, metadata: p.object }, (cloud, a) =>
    nothing(cloud.setDiskMetadata(a.disk_cid, a.metadata)),
  ),
  resize_disk: method('resizeDisk', resize, (cloud, a) => nothing(cloud.resizeDisk(a.disk_cid, a.new_size))),
  update_disk: method(
    'updateDisk',
    { ...resize, cloud_properties: p.object },
    async (cloud, a) => (await cloud.updateDisk(a.disk_cid, a.new_size, a.cloud_properties)) ?? null,
  ),
  snapshot_disk: method('snapshotDisk', { ...disk, 'metadata?': p.object }, (cloud, a) =>
    cloud.snapshotDisk(a.disk_cid, a['metadata?'] ?? {}),
  ),
  delete_snapshot: method('deleteSnapshot', { snapshot_cid: p.snapshotCid }, (cloud, a) =>
    nothing(cloud.deleteSnapshot(a.snapshot_cid)),
  ),
  create_network: method('createNetwork', { definition: p.object }, async (cloud, a) => {
    const { cid, addresses, cloudProperties } = await cloud.createNetwork(a.definition);
    return [cid, addresses, cloudProperties];
  }),
  delete_network: method('deleteNetwork', { network_cid: p.networkCid }, (cloud, a) =>
    nothing(cloud.deleteNetwork(a.network_cid)),
  ),
  console_log: method('consoleLog', vm, (cloud, a) => cloud.consoleLog(a.vm_cid)),
  find_creation: method(
    'findCreation',
    { creation_id: p.text },
    async (cloud, a) => (await cloud.findCreation(a.creation_id)) ?? null,
  ),
  list: method('list', {}, (cloud) => cloud.list()),
};
