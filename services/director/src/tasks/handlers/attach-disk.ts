import { diskCid, ExpectedError } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { diskHolder } from '../../deploy/disk-holder.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { recordInstanceEvent } from '../../deploy/record-deployment-event.ts';
import { attachDisk as attach, type DiskHolder, detachDisk } from '../../deploy/steps/attach-disk.ts';
import { findDeployment } from '../../deployments/deployment-store.ts';
import {
  activateDisk,
  adoptOrphanDisk,
  findAttachedDisk,
  findOrphanDisk,
  insertDisk,
  type OrphanDisk,
  orphanDisk,
} from '../../disks/disk-store.ts';
import { AttachDiskErrorUnknownInstance, AttachDiskInvalidInstanceState } from '../../errors.ts';
import { beginUpdate, completeUpdate, instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { isNamed } from '../../instances/select-instances.ts';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import { attachDiskTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly group: string;
  /** Index or uuid. */
  readonly instance: string;
  readonly diskCid: string;
  /** Size and cloud properties are taken over from the present disk. */
  readonly copyProperties: boolean;
}

/** Gives a stopped instance another persistent disk; the one that it had becomes an orphan. */
export function attachDisk(services: DeployServices): TaskType<Input> {
  return taskType(attachDiskTask, async (input, task) => {
    const { deployment, group, instance, diskCid: cid } = input;
    if ((await findDeployment(services.database, deployment)) === undefined) throw unknownInstance(input);
    await onDeployment(services, task, { deployment, work: (ctx) => exchange(ctx, input) });
    return `attached disk '${cid}' to '${group}/${instance}' in deployment '${deployment}'`;
  });
}

async function exchange(ctx: DeployContext, input: Input): Promise<void> {
  const instance = await target(ctx, input);
  const previous = instance.disks.find(({ active, name }) => active && name === '');
  await refuseDiskInUse(ctx, instance, input.diskCid);
  const orphan = await findOrphanDisk(ctx.database, input.diskCid);
  const cpi = instance.vm?.cpi ?? previous?.cpi ?? orphan?.cpi ?? '';
  await requireDisk(ctx, cpi, input.diskCid);
  const event = { action: 'attach', instance: instanceName(instance), context: { disk_cid: input.diskCid } };
  await recordInstanceEvent(ctx, event, async () => {
    // Whatever interrupts this, the next deploy attaches the disks that are on record and no others.
    await beginUpdate(ctx.database, instance.id);
    const holder = diskHolder(instance);
    if (holder !== null) await swap(ctx, holder, { cid: input.diskCid, previous });
    await record(ctx, input, { instance, previous, orphan, cpi });
    if (instance.updateCompleted) await completeUpdate(ctx.database, instance.id, instance.state);
  });
}

async function target(ctx: DeployContext, input: Input): Promise<StoredInstance> {
  const instances = await instancesOf(ctx.database, ctx.deployment.id);
  const instance = instances.find((one) => one.group === input.group && isNamed(one, input.instance));
  if (instance === undefined) throw unknownInstance(input);
  const name = instanceName(instance);
  if (instance.ignore) {
    throw new AttachDiskInvalidInstanceState(`Instance '${name}' in deployment '${input.deployment}' is ignored`, {
      hint: 'Unignore it first.',
    });
  }
  if (instance.state === 'started') {
    throw new AttachDiskInvalidInstanceState(
      `Instance '${name}' in deployment '${input.deployment}' must be in 'bosh stopped' state`,
      { hint: `Stop it first: 'boti -d ${input.deployment} stop ${name}'.` },
    );
  }
  return instance;
}

/** The instance's own disk may be given again: it is attached anew. */
async function refuseDiskInUse({ database }: DeployContext, instance: StoredInstance, cid: string): Promise<void> {
  const used = await findAttachedDisk(database, cid);
  if (used === undefined || instance.disks.some((disk) => disk.cid === cid && disk.active)) return;
  throw new ExpectedError(
    `Disk '${cid}' is a persistent disk of instance '${used.instance}' in deployment '${used.deployment}'`,
    { hint: 'Orphan it there first, or name another disk.' },
  );
}

/** A mistyped cid is found out before anything is detached. A CPI may lack the call. */
async function requireDisk({ clouds }: DeployContext, cpi: string, cid: string): Promise<void> {
  try {
    if (await clouds.of(cpi).hasDisk(diskCid(cid))) return;
  } catch (error) {
    if (isCloudError(error, 'NotImplemented', 'NotSupported')) return;
    throw error;
  }
  throw new ExpectedError(`The cloud has no disk '${cid}'`, { hint: "'boti disks --orphaned' lists disks to attach." });
}

interface Swap {
  readonly cid: string;
  readonly previous: DiskSnapshot | undefined;
}

/** When the new disk cannot be attached the previous one is attached again. */
async function swap(ctx: DeployContext, holder: DiskHolder, { cid, previous }: Swap): Promise<void> {
  if (previous !== undefined) await detachDisk(ctx, holder, previous.cid);
  try {
    await attach(ctx, holder, { cid, name: '' });
  } catch (error) {
    if (previous !== undefined && previous.cid !== cid) await restore(ctx, holder, { cid, previous });
    throw error;
  }
}

async function restore(ctx: DeployContext, holder: DiskHolder, { cid, previous }: Required<Swap>): Promise<void> {
  const clean = ctx.forCleanUp();
  try {
    await detachDisk(clean, holder, cid);
    if (previous !== undefined) await attach(clean, holder, previous);
  } catch (error) {
    ctx.log.warn('the previous disk could not be attached again; the next deploy will', { disk: previous?.cid, error });
  }
}

interface Exchange {
  readonly instance: StoredInstance;
  readonly previous: DiskSnapshot | undefined;
  readonly orphan: OrphanDisk | undefined;
  readonly cpi: string;
}

async function record(
  { database }: DeployContext,
  { diskCid: cid, copyProperties }: Input,
  { instance, previous, orphan, cpi }: Exchange,
): Promise<void> {
  if (previous?.cid === cid) return;
  await database.transaction(async (sql) => {
    if (previous !== undefined) await orphanDisk(sql, previous.id);
    const copied = copyProperties ? previous : undefined;
    const fresh = {
      instanceId: instance.id,
      cid,
      name: '',
      sizeMib: copied?.sizeMib ?? 1,
      cloudProperties: copied?.cloudProperties ?? {},
      cpi,
    };
    const id = orphan === undefined ? await insertDisk(sql, fresh) : await adoptOrphanDisk(sql, orphan.id, instance.id);
    await activateDisk(sql, id);
  });
}

const unknownInstance = ({ group, instance, deployment }: Input): Error =>
  new AttachDiskErrorUnknownInstance(`Instance '${group}/${instance}' in deployment '${deployment}' was not found`);
