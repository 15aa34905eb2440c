import { diskCid } from '@boti/core';
import { beginCreation, endCreation } from '../../cloud/creation-store.ts';
import { insertDisk } from '../../disks/disk-store.ts';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import type { DiskSubject } from './update-persistent-disk.ts';

/** Makes a disk near its VM. It is not the instance's disk yet. */
export async function createDisk(ctx: DeployContext, subject: DiskSubject): Promise<DiskSnapshot> {
  const { plan, vm } = subject;
  const wanted = plan.persistentDisk;
  if (wanted === null) throw new TypeError('no disk is wanted');
  const creationId = ctx.newUuid();
  await beginCreation(ctx.database, {
    id: creationId,
    kind: 'disk',
    cpi: vm.cpi,
    agentId: null,
    deployment: ctx.deployment.name,
    instance: instanceName(plan),
    taskId: ctx.taskId,
  });
  const cloud = ctx.clouds.of(vm.cpi, { creationId });
  const cid = diskCid(await cloud.createDisk(wanted.sizeMib, wanted.cloudProperties, vm.cid));
  const disk = {
    instanceId: subject.instanceId,
    cid,
    name: '',
    sizeMib: wanted.sizeMib,
    cloudProperties: wanted.cloudProperties,
    cpi: vm.cpi,
  };
  const id = await ctx.database.transaction(async (sql) => {
    await endCreation(sql, creationId);
    return insertDisk(sql, disk);
  });
  return { ...disk, id, active: false };
}
