import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DiskCid,
  diskCid,
  readIfThere,
  type SnapshotCid,
  snapshotCid,
  type VmCid,
  vmCid,
  writeFileAtomic,
} from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import { z } from 'zod';
import type { HostContext } from './host-context.ts';
import { closeLoop, openLoop } from './loop-devices.ts';
import { requireSpace } from './requirements.ts';
import { shell } from './shell.ts';
import { diskImage, fileName, type StateDir } from './state-dir.ts';
import { plugDevice, unplugDevice } from './vm-devices.ts';
import { findVmRecord, requireVmRecord, vmPaths, writeVmRecord } from './vm-record.ts';

const recordSchema = z.object({
  cid: z.string().transform(diskCid),
  creationId: z.string(),
  sizeMib: z.number(),
  attachedTo: z.string().transform(vmCid).optional(),
});
type DiskRecord = Readonly<z.infer<typeof recordSchema>>;

const snapshotPrefix = 'snapshot-';
const recordPath = (state: StateDir, cid: string): string => join(state.disks, `${fileName(cid)}.json`);
const metadataPath = (state: StateDir, cid: string): string => join(state.disks, `${fileName(cid)}.metadata.json`);
const snapshotImage = (state: StateDir, cid: string): string => join(state.snapshots, `${fileName(cid)}.img`);

/** A sparse file with an ext4 file system in it: agents of this cloud mount disks as they are. */
export async function createDisk(host: HostContext, sizeMib: number, creationId: string): Promise<DiskCid> {
  const { state, signal } = host;
  await requireSpace(state.root);
  const known = await host.journal.find(creationId, signal);
  if (known !== undefined) return diskCid(known);
  const cid = diskCid(`disk-${fileName(creationId)}`);
  const made = await host.journal.create(
    creationId,
    async (record) => {
      await record({ kind: 'disk', id: cid });
      await shell(
        `truncate -s "$2M" "$1"
         mkfs.ext4 -q -F -m0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$1"`,
        [diskImage(state, cid), String(sizeMib)],
        signal,
      );
      await writeRecord(state, { cid, creationId, sizeMib });
      return { cid };
    },
    signal,
  );
  return made.cid;
}

export async function hasDisk({ state }: HostContext, cid: DiskCid): Promise<boolean> {
  return (await findRecord(state, cid)) !== undefined;
}

/** Absent is success. */
export async function deleteDisk(host: HostContext, cid: DiskCid): Promise<void> {
  await host.locks.run(`disk-${cid}`, async () => {
    const record = await findRecord(host.state, cid);
    if (record === undefined) return;
    await refuseAttached(host.state, record, 'deleted');
    await removeDisk(host.state, cid);
    await host.journal.forget(record.creationId);
  });
}

export async function removeDisk(state: StateDir, cid: string): Promise<void> {
  await closeLoop(diskImage(state, cid));
  await rm(recordPath(state, cid), { force: true });
  await rm(diskImage(state, cid), { force: true });
  await rm(metadataPath(state, cid), { force: true });
}

/** Answers the device inside the VM. Attaching again answers the same and repairs what is missing. */
export async function attachDisk(host: HostContext, vm: VmCid, disk: DiskCid): Promise<string> {
  const { state } = host;
  return await host.locks.run(`vm-${vm}`, () =>
    host.locks.run(`disk-${disk}`, async () => {
      const vmRecord = await requireVmRecord(state, vm);
      const diskRecord = await requireRecord(state, disk);
      if (diskRecord.attachedTo !== vm) await refuseAttached(state, diskRecord, 'attached elsewhere');
      const path = `/dev/bosh-${disk}`;
      await writeVmRecord(state, { ...vmRecord, disks: { ...vmRecord.disks, [disk]: path } });
      await writeRecord(state, { ...diskRecord, attachedTo: vm });
      await plugDevice(host, vm, await openLoop(diskImage(state, disk), path));
      await updateSettings(state, vm);
      return path;
    }),
  );
}

export async function detachDisk(host: HostContext, vm: VmCid, disk: DiskCid): Promise<void> {
  const { state } = host;
  await host.locks.run(`vm-${vm}`, () =>
    host.locks.run(`disk-${disk}`, async () => {
      const vmRecord = await requireVmRecord(state, vm);
      const { attachedTo, ...diskRecord } = await requireRecord(state, disk);
      const { [disk]: path, ...disks } = vmRecord.disks;
      if (path === undefined) {
        throw new CloudError('DiskNotAttached', `Disk '${disk}' is not attached to VM '${vm}'`);
      }
      await unplugDevice(host, vm, path);
      await closeLoop(diskImage(state, disk));
      await writeVmRecord(state, { ...vmRecord, disks });
      await writeRecord(state, attachedTo === vm ? diskRecord : { ...diskRecord, ...(attachedTo && { attachedTo }) });
      await updateSettings(state, vm);
    }),
  );
}

/** The file is bound into the VM, so it is written in place: a new file would not be seen there. */
async function updateSettings(state: StateDir, vm: VmCid): Promise<void> {
  const { settings } = vmPaths(state, vm);
  const { disks } = await requireVmRecord(state, vm);
  const current = JSON.parse(await readFile(settings, 'utf8')) as { readonly disks?: object };
  const persistent = Object.fromEntries(Object.entries(disks).map(([disk, path]) => [disk, { path }]));
  await writeFile(settings, JSON.stringify({ ...current, disks: { ...current.disks, persistent } }));
}

/** Grows the disk and the file system in it. */
export async function resizeDisk(host: HostContext, cid: DiskCid, sizeMib: number): Promise<void> {
  await host.locks.run(`disk-${cid}`, async () => {
    const record = await requireRecord(host.state, cid);
    if (sizeMib === record.sizeMib) return;
    if (sizeMib < record.sizeMib) {
      throw new CloudError('NotSupported', `Disk '${cid}' cannot shrink from ${record.sizeMib} to ${sizeMib} MiB`);
    }
    await refuseAttached(host.state, record, 'resized');
    // e2fsck ends with 1 when it has repaired something.
    await shell(
      'truncate -s "$2M" "$1"; e2fsck -fp "$1" || [ $? = 1 ]; resize2fs "$1"',
      [diskImage(host.state, cid), String(sizeMib)],
      host.signal,
    );
    await writeRecord(host.state, { ...record, sizeMib });
  });
}

/** A copy that shares blocks with the disk where the host's file system can do so. Mounted disks are frozen meanwhile. */
export async function snapshotDisk(host: HostContext, disk: DiskCid, creationId: string): Promise<SnapshotCid> {
  const { state, signal } = host;
  await requireSpace(state.root);
  const diskRecord = await requireRecord(state, disk);
  const cid = snapshotCid(`${snapshotPrefix}${fileName(creationId)}`);
  const made = await host.journal.create(
    creationId,
    async (record) => {
      await record({ kind: 'snapshot', id: cid });
      const mount = await mountInVm(host, diskRecord);
      if (mount !== undefined) await record({ kind: 'frozen', id: mount });
      await shell(
        `if [ -n "$3" ]; then fsfreeze --freeze "$3"; trap 'fsfreeze --unfreeze "$3"' EXIT; fi
         cp --reflink=auto --sparse=always "$1" "$2"`,
        [diskImage(state, disk), snapshotImage(state, cid), mount ?? ''],
        signal,
      );
      return { cid };
    },
    signal,
  );
  return made.cid;
}

/** Where a VM has mounted the disk, as a path of this machine; undefined when it has not. */
async function mountInVm(host: HostContext, { cid, attachedTo }: DiskRecord): Promise<string | undefined> {
  if (attachedTo === undefined) return undefined;
  const pid = await host.runtime.pid(vmPaths(host.state, attachedTo).name);
  if (pid === undefined) return undefined;
  const { major, minor } = await openLoop(diskImage(host.state, cid), '');
  const lines = (await readFile(`/proc/${pid}/mountinfo`, 'utf8')).split('\n').map((line) => line.split(' '));
  const mount = lines.find(([, , device]) => device === `${major}:${minor}`)?.[4];
  return mount === undefined ? undefined : `/proc/${pid}/root${mount}`;
}

export async function thaw(mount: string): Promise<void> {
  await shell('fsfreeze --unfreeze "$1" 2>/dev/null || true', [mount]);
}

export async function deleteSnapshot({ state, journal }: HostContext, cid: SnapshotCid): Promise<void> {
  await removeSnapshot(state, cid);
  await journal.forget(cid.slice(snapshotPrefix.length));
}

export async function removeSnapshot(state: StateDir, cid: string): Promise<void> {
  await rm(snapshotImage(state, cid), { force: true });
}

export async function listSnapshots({ state }: HostContext): Promise<readonly SnapshotCid[]> {
  return (await readdir(state.snapshots)).map((name) => snapshotCid(name.replace(/\.img$/, '')));
}

export async function listDisks({ state }: HostContext): Promise<readonly DiskCid[]> {
  const names = (await readdir(state.disks)).filter(
    (name) => name.endsWith('.json') && !name.endsWith('.metadata.json'),
  );
  return names.map((name) => diskCid(name.slice(0, -'.json'.length)));
}

export async function setDiskMetadata({ state }: HostContext, cid: DiskCid, metadata: object): Promise<void> {
  await requireRecord(state, cid);
  await writeFileAtomic(metadataPath(state, cid), JSON.stringify(metadata), 0o600);
}

async function findRecord(state: StateDir, cid: string): Promise<DiskRecord | undefined> {
  const text = await readIfThere(recordPath(state, cid));
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
}

async function requireRecord(state: StateDir, cid: DiskCid): Promise<DiskRecord> {
  const record = await findRecord(state, cid);
  if (record !== undefined) return record;
  throw new CloudError('DiskNotFound', `Disk '${cid}' does not exist`);
}

async function writeRecord(state: StateDir, record: DiskRecord): Promise<void> {
  await writeFileAtomic(recordPath(state, record.cid), JSON.stringify(record), 0o600);
}

/** A VM that is gone holds nothing. */
async function refuseAttached(state: StateDir, { cid, attachedTo }: DiskRecord, what: string): Promise<void> {
  if (attachedTo === undefined || (await findVmRecord(state, attachedTo)) === undefined) return;
  throw new CloudError('CloudError', `Disk '${cid}' cannot be ${what}: it is attached to VM '${attachedTo}'`, {
    hint: 'Detach it first.',
  });
}
