import { diskCid } from '@boti/core';
import { createRecorded } from '../../cloud/create-recorded.ts';
import { insertDisk } from '../../disks/disk-store.ts';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import type { DiskSubject, WantedDisk } from './update-persistent-disks.ts';

/** Makes a disk near its VM. It is not the instance's disk yet. */
export async function createDisk(ctx: DeployContext, subject: DiskSubject, wanted: WantedDisk): Promise<DiskSnapshot> {
  const { plan, vm, instanceId } = subject;
  const { name, sizeMib, cloudProperties } = wanted;
  const creationId = ctx.newUuid();
  const cloud = ctx.clouds.of(vm.cpi, { creationId });
  return createRecorded(ctx.database, {
    creation: {
      id: creationId,
      kind: 'disk',
      cpi: vm.cpi,
      agentId: null,
      deployment: ctx.deployment.name,
      instance: instanceName(plan),
      taskId: ctx.taskId,
    },
    cloud,
    create: () => cloud.createDisk(sizeMib, cloudProperties, vm.cid),
    store: async (sql, made) => {
      const disk = { instanceId, cid: diskCid(made), name, sizeMib, cloudProperties, cpi: vm.cpi };
      return { ...disk, id: await insertDisk(sql, disk), active: false };
    },
  });
}
