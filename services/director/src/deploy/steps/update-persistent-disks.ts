import { diskCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { activateDisk, deleteDiskRow, orphanDisk } from '../../disks/disk-store.ts';
import { findInstance } from '../../instances/instance-store.ts';
import { isSameDisk } from '../../planner/disk-changes.ts';
import type { InstancePlan } from '../../planner/plan.ts';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import { attachDisk, detachDisk } from './attach-disk.ts';
import { createDisk } from './create-disk.ts';
import type { Vm } from './create-vm.ts';

export interface DiskSubject {
  readonly instanceId: number;
  readonly plan: Pick<
    InstancePlan,
    'group' | 'uuid' | 'index' | 'tags' | 'existing' | 'persistentDisk' | 'namedDisks' | 'changes'
  >;
  readonly vm: Vm;
}

/** The disk without a name is formatted and mounted by the agent; those with names are attached, the rest is the jobs'. */
export interface WantedDisk {
  readonly name: string;
  readonly sizeMib: number;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
}

/**
 * Gives the instance the disks it is to have. A changed disk is a new one: its data is copied over if the agent mounts
 * it, then the old one is orphaned, never deleted. Jobs must be stopped.
 */
export async function updatePersistentDisks(ctx: DeployContext, subject: DiskSubject): Promise<void> {
  const disks = await disksOf(ctx, subject.instanceId);
  const active = disks.filter((disk) => disk.active);
  await removeStrays(ctx, subject, { active, unfinished: disks.filter((disk) => !disk.active) });
  const wanted = wantedDisks(subject.plan);
  for (const disk of wanted) {
    const current = active.find(({ name }) => name === disk.name);
    if (current === undefined) await addDisk(ctx, subject, disk);
    else await updateDisk(ctx, subject, { disk, current });
  }
  const given = new Set(wanted.map(({ name }) => name));
  for (const disk of active) if (!given.has(disk.name)) await giveUpDisk(ctx, subject, disk);
}

function wantedDisks({ persistentDisk, namedDisks = [] }: DiskSubject['plan']): readonly WantedDisk[] {
  return persistentDisk === null ? namedDisks : [{ ...persistentDisk, name: '' }, ...namedDisks];
}

async function addDisk(ctx: DeployContext, subject: DiskSubject, disk: WantedDisk): Promise<void> {
  const fresh = await createDisk(ctx, subject, disk);
  await attachDisk(ctx, subject, fresh);
  await ctx.database.transaction((sql) => activateDisk(sql, fresh.id));
}

interface DiskUpdate {
  readonly disk: WantedDisk;
  readonly current: DiskSnapshot;
}

/** The present disk is mounted even if it is to be replaced: an update that was cut short may have left it unmounted. */
async function updateDisk(ctx: DeployContext, subject: DiskSubject, { disk, current }: DiskUpdate): Promise<void> {
  await ensureAttached(ctx, subject, current);
  const isForced = subject.plan.changes.some(({ kind }) => kind === 'recreate_persistent_disks');
  if (isSameDisk(current, disk) && !isForced) return;
  const fresh = await createDisk(ctx, subject, disk);
  await attachDisk(ctx, subject, fresh);
  if (disk.name === '') await migrate(ctx, subject, current, fresh);
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

async function ensureAttached(ctx: DeployContext, subject: DiskSubject, disk: DiskSnapshot): Promise<void> {
  const isThere = disk.name === '' ? (await mountedDisks(ctx, subject)).includes(disk.cid) : !isDirty(subject);
  if (!isThere) await attachDisk(ctx, subject, disk);
}

/** An update of this instance was begun before and did not end. */
function isDirty({ plan }: DiskSubject): boolean {
  return plan.existing?.updateCompleted === false;
}

/** Orphaned first: should the rest fail, the disk is on record as one that may not be used. */
async function giveUpDisk(ctx: DeployContext, subject: DiskSubject, disk: DiskSnapshot): Promise<void> {
  await ctx.database.transaction((sql) => orphanDisk(sql, disk.id));
  await detachDisk(ctx, subject, disk.cid);
}

interface Disks {
  readonly active: readonly DiskSnapshot[];
  readonly unfinished: readonly DiskSnapshot[];
}

/**
 * What an update that was cut short has left: disks that never became active hold no data of their own and are deleted;
 * attached disks that are no longer the instance's are taken off the VM.
 */
async function removeStrays(ctx: DeployContext, subject: DiskSubject, { active, unfinished }: Disks): Promise<void> {
  if (!isDirty(subject) && unfinished.length === 0) return;
  const there = [...(await mountedDisks(ctx, subject)), ...(await attachedDisks(ctx, subject))];
  const strays = new Set([...unfinished.map(({ cid }) => cid), ...there]);
  for (const { cid } of active) strays.delete(cid);
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

/** All disks of an instance, half-made ones too. */
export async function disksOf(ctx: DeployContext, instanceId: number): Promise<readonly DiskSnapshot[]> {
  return (await findInstance(ctx.database, instanceId))?.disks ?? [];
}
