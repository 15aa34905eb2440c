import { diskCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import type { DiskSubject } from './update-persistent-disks.ts';

/** A VM that disks are attached to, and whose it is. */
export interface DiskHolder {
  readonly vm: DiskSubject['vm'];
  readonly plan: Pick<DiskSubject['plan'], 'group' | 'uuid' | 'index' | 'tags'>;
}

/** Attaches a disk in the cloud, tells the agent which device to expect, and mounts it if nobody else does. Safe to repeat. */
export async function attachDisk(
  ctx: DeployContext,
  subject: DiskHolder,
  disk: Pick<DiskSnapshot, 'cid' | 'name'>,
): Promise<void> {
  const { vm, plan } = subject;
  const { signal } = ctx;
  const agent = ctx.agents.of(vm.agentId, instanceName(plan));
  const hint = await ctx.clouds
    .of(vm.cpi, { stemcellApiVersion: vm.stemcellApiVersion })
    .attachDisk(vm.cid, diskCid(disk.cid));
  await agent.call('add_persistent_disk', [disk.cid, hint], { signal });
  await setDiskMetadata(ctx, subject, disk.cid);
  if (disk.name === '') await agent.call('mount_disk', [disk.cid], { signal });
}

async function setDiskMetadata(ctx: DeployContext, { vm, plan }: DiskHolder, cid: string): Promise<void> {
  const metadata = {
    ...plan.tags,
    director: ctx.settings.directorName,
    deployment: ctx.deployment.name,
    instance_id: plan.uuid,
    instance_index: String(plan.index),
    instance_group: plan.group,
    attached_at: ctx.clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
  };
  try {
    await ctx.clouds.of(vm.cpi).setDiskMetadata(diskCid(cid), metadata);
  } catch (error) {
    if (!isCloudError(error, 'NotImplemented')) throw error;
  }
}

/** Takes a disk from a VM: unmounted if the agent has it mounted, forgotten by the agent, detached in the cloud. */
export async function detachDisk(ctx: DeployContext, subject: DiskHolder, cid: string): Promise<void> {
  const { vm, plan } = subject;
  const { signal } = ctx;
  const agent = ctx.agents.of(vm.agentId, instanceName(plan));
  const mounted = await agent.call('list_disk', [], { signal });
  if (mounted.includes(cid)) await agent.call('unmount_disk', [cid], { signal });
  await agent.call('remove_persistent_disk', [cid], { signal });
  await detachFromCloud(ctx, vm, cid);
}

/** Not attached, or gone, is as good as detached. */
export async function detachFromCloud(ctx: DeployContext, vm: DiskSubject['vm'], cid: string): Promise<void> {
  try {
    await ctx.clouds.of(vm.cpi).detachDisk(vm.cid, diskCid(cid));
  } catch (error) {
    if (!isCloudError(error, 'DiskNotAttached', 'DiskNotFound', 'VMNotFound')) throw error;
  }
}
