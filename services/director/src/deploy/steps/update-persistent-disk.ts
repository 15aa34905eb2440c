import { diskCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { activateDisk, deleteDiskRow, orphanDisk } from '../../disks/disk-store.ts';
import { findInstance } from '../../instances/instance-store.ts';
import type { InstancePlan } from '../../planner/plan.ts';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import { attachDisk, detachDisk } from './attach-disk.ts';
import { createDisk } from './create-disk.ts';
import type { Vm } from './create-vm.ts';

export interface DiskSubject {
  readonly instanceId: number;
  readonly plan: Pick<InstancePlan, 'group' | 'uuid' | 'index' | 'tags' | 'existing' | 'persistentDisk' | 'changes'>;
  readonly vm: Vm;
}

/**
 * Gives the instance the disk it is to have. A changed disk is a new one: its data is copied over, then the old one is
 * orphaned, never deleted. Jobs must be stopped.
 */
export async function updatePersistentDisk(ctx: DeployContext, subject: DiskSubject): Promise<void> {
  const disks = (await findInstance(ctx.database, subject.instanceId))?.disks ?? [];
  const current = disks.find(({ active }) => active);
  await removeStrays(ctx, subject, { current, unfinished: disks.filter(({ active }) => !active) });
  if (subject.plan.persistentDisk === null) {
    if (current !== undefined) await giveUpDisk(ctx, subject, current);
    return;
  }
  if (current === undefined) return addDisk(ctx, subject);
  // Mounted even if it is to be replaced: an update that was cut short may have left it unmounted.
  await ensureMounted(ctx, subject, current);
  const isReplaced = subject.plan.changes.some(
    ({ kind }) => kind === 'persistent_disk' || kind === 'recreate_persistent_disks',
  );
  if (isReplaced) await replaceDisk(ctx, subject, current);
}

async function addDisk(ctx: DeployContext, subject: DiskSubject): Promise<void> {
  const fresh = await createDisk(ctx, subject);
  await attachDisk(ctx, subject, fresh);
  await ctx.database.transaction((sql) => activateDisk(sql, fresh.id));
}

async function replaceDisk(ctx: DeployContext, subject: DiskSubject, current: DiskSnapshot): Promise<void> {
  const fresh = await createDisk(ctx, subject);
  await attachDisk(ctx, subject, fresh);
  await migrate(ctx, subject, current, fresh);
  await ctx.database.transaction(async (sql) => {
    await activateDisk(sql, fresh.id);
    await orphanDisk(sql, current.id);
  });
  await detachDisk(ctx, subject, current.cid);
}

/** The old disk must be mounted before the new one, or there is nothing to copy. */
async function migrate(ctx: DeployContext, subject: DiskSubject, from: DiskSnapshot, to: DiskSnapshot): Promise<void> {
  const agent = ctx.agents.of(subject.vm.agentId, instanceName(subject.plan));
  await agent.call('migrate_disk', [from.cid, to.cid], { signal: ctx.signal });
}

async function ensureMounted(ctx: DeployContext, subject: DiskSubject, disk: DiskSnapshot): Promise<void> {
  const mounted = await mountedDisks(ctx, subject);
  if (!mounted.includes(disk.cid)) await attachDisk(ctx, subject, disk);
}

/** Orphaned first: should the rest fail, the disk is on record as one that may not be used. */
async function giveUpDisk(ctx: DeployContext, subject: DiskSubject, disk: DiskSnapshot): Promise<void> {
  await ctx.database.transaction((sql) => orphanDisk(sql, disk.id));
  await detachDisk(ctx, subject, disk.cid);
}

interface Disks {
  readonly current: DiskSnapshot | undefined;
  readonly unfinished: readonly DiskSnapshot[];
}

/**
 * What an update that was cut short has left: disks that never became active hold no data of their own and are deleted;
 * attached disks that are no longer the instance's are taken off the VM.
 */
async function removeStrays(ctx: DeployContext, subject: DiskSubject, { current, unfinished }: Disks): Promise<void> {
  const isDirty = subject.plan.existing?.updateCompleted === false;
  if (!isDirty && unfinished.length === 0) return;
  const there = [...(await mountedDisks(ctx, subject)), ...(await attachedDisks(ctx, subject))];
  const strays = new Set([...unfinished.map(({ cid }) => cid), ...there]);
  if (current !== undefined) strays.delete(current.cid);
  for (const cid of strays) await detachDisk(ctx, subject, cid);
  for (const disk of unfinished) await deleteDisk(ctx, disk);
}

async function mountedDisks(ctx: DeployContext, { vm, plan }: DiskSubject): Promise<readonly string[]> {
  return ctx.agents.of(vm.agentId, instanceName(plan)).call('list_disk', [], { signal: ctx.signal });
}

/** A CPI may lack the call. */
async function attachedDisks(ctx: DeployContext, { vm }: DiskSubject): Promise<readonly string[]> {
  try {
    return await ctx.clouds.of(vm.cpi).getDisks(vm.cid);
  } catch (error) {
    if (isCloudError(error, 'NotImplemented', 'NotSupported')) return [];
    throw error;
  }
}

async function deleteDisk(ctx: DeployContext, disk: DiskSnapshot): Promise<void> {
  try {
    await ctx.clouds.of(disk.cpi).deleteDisk(diskCid(disk.cid));
  } catch (error) {
    if (!isCloudError(error, 'DiskNotFound')) throw error;
  }
  await deleteDiskRow(ctx.database, disk.id);
}

export async function activeDisk(
  ctx: DeployContext,
  subject: Pick<DiskSubject, 'instanceId'>,
): Promise<DiskSnapshot | undefined> {
  const instance = await findInstance(ctx.database, subject.instanceId);
  return instance?.disks.find((disk) => disk.active);
}
