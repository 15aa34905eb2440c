import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, type VmCid, vmCid, writeFileAtomic } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import { z } from 'zod';
import { fileName, type StateDir, shortHash } from './state-dir.ts';

const networkSchema = z.object({
  name: z.string(),
  ip: z.string(),
  prefix: z.number(),
  gateway: z.string().optional(),
  isDefaultGateway: z.boolean(),
});
export type VmAddress = Readonly<z.infer<typeof networkSchema>>;

const recordSchema = z.object({
  cid: z.string().transform(vmCid),
  /** What the journal knows this VM by. */
  creationId: z.string(),
  hostname: z.string(),
  stemcellCid: z.string(),
  cpu: z.number().optional(),
  ramMib: z.number().optional(),
  diskMib: z.number(),
  networks: z.array(networkSchema),
  dns: z.array(z.string()),
  /** Disk cid → device inside the VM. */
  disks: z.record(z.string(), z.string()),
});
/** What is known about a VM; `vm.json` in its folder. */
export type VmRecord = Readonly<z.infer<typeof recordSchema>>;

/** The names of everything that belongs to one VM. */
export interface VmPaths {
  readonly dir: string;
  readonly record: string;
  readonly metadata: string;
  readonly settings: string;
  readonly ociConfig: string;
  readonly consoleLog: string;
  /** ext4 image that holds what the VM writes. */
  readonly image: string;
  readonly imageMount: string;
  readonly rootfs: string;
  /** Name of the container, and of the network namespace. */
  readonly name: string;
  /** Host's end of the n-th network interface. */
  hostInterface(index: number): string;
}

export function vmPaths(state: StateDir, cid: VmCid): VmPaths {
  const dir = join(state.vms, fileName(cid));
  const key = shortHash(`${state.root}/${cid}`);
  return {
    dir,
    record: join(dir, 'vm.json'),
    metadata: join(dir, 'metadata.json'),
    settings: join(dir, 'settings.json'),
    ociConfig: join(dir, 'config.json'),
    consoleLog: join(dir, 'console.log'),
    image: join(dir, 'disk.img'),
    imageMount: join(dir, 'disk'),
    rootfs: join(dir, 'rootfs'),
    name: `boti-${key}`,
    hostInterface: (index) => `boti${key}.${index}`,
  };
}

export async function findVmRecord(state: StateDir, cid: VmCid): Promise<VmRecord | undefined> {
  const text = await readIfThere(vmPaths(state, cid).record);
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
}

export async function requireVmRecord(state: StateDir, cid: VmCid): Promise<VmRecord> {
  const record = await findVmRecord(state, cid);
  if (record !== undefined) return record;
  throw new CloudError('VMNotFound', `VM '${cid}' does not exist`);
}

export async function writeVmRecord(state: StateDir, record: VmRecord): Promise<void> {
  await writeFileAtomic(vmPaths(state, record.cid).record, JSON.stringify(record, undefined, 2), 0o600);
}

export async function vmCids(state: StateDir): Promise<readonly VmCid[]> {
  return (await readdir(state.vms)).map(vmCid);
}
