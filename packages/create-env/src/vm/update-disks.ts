import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type DiskCid, diskCid, ExpectedError, type VmCid } from '@boti/core';
import { type DiskHint, isCloudError } from '@boti/cpi-sdk';
import { deleteRecorded } from '../cloud/delete-recorded.ts';
import type { Deployment, DiskPool } from '../manifest/deployment.ts';
import type { Stage } from '../stage.ts';
import { currentDisk, type DiskRecord } from '../state/deployment-state.ts';
import { within } from '../within.ts';
import { timestamp } from './create-vm.ts';
import type { EnvContext } from './env-context.ts';
import { ask, tolerateUnknown } from './instance-steps.ts';

interface DiskUpdate {
  readonly vm: VmCid;
  readonly deployment: Deployment;
  readonly recreate: boolean;
}

/** Gives the VM the persistent disk that the manifest asks for, with the content of the one it had. */
export async function updateDisks(ctx: EnvContext, update: DiskUpdate, stage: Stage): Promise<void> {
  const wanted = update.deployment.disk;
  // BOSH: a disk that the manifest no longer asks for is kept, with its record, neither attached nor deleted.
  if (wanted === undefined) return;
  await within('Updating disks', ctx.signal, async () => {
    const disk = currentDisk(ctx.state.state);
    if (disk === undefined) {
      const created = await createDisk(ctx, { ...update, wanted }, stage);
      await attachDisk(ctx, created, update, stage);
      await ctx.state.update({ current_disk_id: created.id });
    } else {
      await attachDisk(ctx, disk, update, stage);
      if (update.recreate || !fits(disk, wanted)) await migrateDisk(ctx, disk, { ...update, wanted }, stage);
    }
    await deleteUnusedDisks(ctx, stage);
  });
}

function fits(disk: DiskRecord, wanted: DiskPool): boolean {
  return disk.size === wanted.sizeMib && isDeepStrictEqual(disk.cloud_properties, wanted.cloudProperties);
}

async function createDisk(
  ctx: EnvContext,
  { wanted, vm }: { readonly wanted: DiskPool; readonly vm: VmCid },
  stage: Stage,
): Promise<DiskRecord> {
  return await stage.step('Creating disk', async () => {
    const record = { id: randomUUID(), size: wanted.sizeMib, cloud_properties: { ...wanted.cloudProperties } };
    const cid = await ctx.cloud.create<DiskCid>({
      kind: 'disk',
      make: (calls) => calls.createDisk(wanted.sizeMib, wanted.cloudProperties, vm),
      store: (made) => ({ disks: [...ctx.state.state.disks, { ...record, cid: made }] }),
    });
    return { ...record, cid };
  });
}

async function attachDisk(
  ctx: EnvContext,
  { cid }: DiskRecord,
  { vm, deployment }: DiskUpdate,
  stage: Stage,
): Promise<void> {
  const { calls } = ctx.cloud;
  await stage.step(`Attaching disk '${cid}' to VM '${vm}'`, async () => {
    const hint = await within('Attaching disk in the cloud', ctx.signal, () => calls.attachDisk(vm, diskCid(cid)));
    await setMetadata(ctx, cid, deployment);
    await tolerateUnknown(ask(ctx, 'add_persistent_disk', [cid, hint]));
    await mount(ctx, cid, hint);
  });
}

/** An agent that does not find the disk was most likely told the wrong place. */
async function mount(ctx: EnvContext, cid: string, hint: DiskHint): Promise<void> {
  try {
    await ask(ctx, 'mount_disk', [cid]);
  } catch (cause) {
    if (ctx.signal.aborted || !(cause instanceof Error)) throw cause;
    throw new ExpectedError(`Mounting disk '${cid}', which the CPI has attached as ${JSON.stringify(hint)}`, {
      cause,
      hint: "If the agent finds no such device: compare the answer of the CPI's attach_disk with the devices in the VM. If the disk is damaged or full, its file system has to be mended by hand.",
    });
  }
}

async function setMetadata(
  { cloud, clock }: EnvContext,
  disk: string,
  { name, group, tags }: Deployment,
): Promise<void> {
  const metadata = {
    deployment: name,
    director: 'bosh-init',
    instance_group: group,
    instance_index: '0',
    attached_at: timestamp(clock.now()),
    ...tags,
  };
  try {
    await cloud.calls.setDiskMetadata(diskCid(disk), metadata);
  } catch (error) {
    if (!isCloudError(error, 'NotImplemented')) throw error;
  }
}

/** The new disk is the current one from the moment that it has the content. */
async function migrateDisk(
  ctx: EnvContext,
  old: DiskRecord,
  update: DiskUpdate & { readonly wanted: DiskPool },
  stage: Stage,
): Promise<void> {
  const created = await createDisk(ctx, update, stage);
  await attachDisk(ctx, created, update, stage);
  await stage.step(`Migrating disk content from '${old.cid}' to '${created.cid}'`, () => ask(ctx, 'migrate_disk', []));
  await ctx.state.update({ current_disk_id: created.id });
  await stage.step(`Detaching disk '${old.cid}'`, async () => {
    await tolerateUnknown(ask(ctx, 'remove_persistent_disk', [old.cid]));
    await ctx.cloud.calls.detachDisk(update.vm, diskCid(old.cid));
  });
  await deleteDisk(ctx, { disk: old, step: `Deleting disk '${old.cid}'` }, stage);
}

export async function deleteUnusedDisks(ctx: Pick<EnvContext, 'cloud' | 'state'>, stage: Stage): Promise<void> {
  for (const disk of ctx.state.state.disks) {
    if (disk.id === ctx.state.state.current_disk_id) continue;
    await deleteDisk(ctx, { disk, step: `Deleting unused disk '${disk.cid}'` }, stage);
  }
}

export async function deleteDisk(
  { cloud, state }: Pick<EnvContext, 'cloud' | 'state'>,
  { disk, step }: { readonly disk: DiskRecord; readonly step: string },
  stage: Stage,
): Promise<void> {
  await deleteRecorded(stage, {
    step,
    remove: () => cloud.calls.deleteDisk(diskCid(disk.cid)),
    gone: 'DiskNotFound',
    reason: 'Disk not found',
    forget: () =>
      state.update({
        disks: state.state.disks.filter(({ id }) => id !== disk.id),
        ...(disk.id === state.state.current_disk_id && { current_disk_id: '' }),
      }),
  });
}
