import { ExpectedError } from '@boti/core';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { diskHolder } from '../../deploy/disk-holder.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { detachDisk } from '../../deploy/steps/attach-disk.ts';
import { type AttachedDisk, findAttachedDisk, orphanDisk as orphan } from '../../disks/disk-store.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { orphanDiskTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

/** Takes a persistent disk from its instance, which must be stopped; it is kept as an orphan. */
export function orphanDisk(services: DeployServices): TaskType<{ diskCid: string }> {
  return taskType(orphanDiskTask, async ({ diskCid: cid }, task) => {
    await task.events.stage('Orphan disk', 1).track(cid, async () => {
      const disk = await findAttachedDisk(services.database, cid);
      if (disk === undefined) task.events.warning(`Disk ${cid} does not exist. Orphaning is skipped`);
      else await takeAway(services, task, { cid, disk });
    });
    return `disk ${cid} orphaned`;
  });
}

interface Taken {
  readonly cid: string;
  readonly disk: AttachedDisk;
}

function takeAway(services: DeployServices, task: TaskContext, { cid, disk }: Taken): Promise<void> {
  const { user, taskId } = task;
  const { deployment } = disk;
  const event = { user, taskId, action: 'orphan', objectType: 'disk', objectName: cid, deployment };
  return onDeployment(services, task, {
    deployment,
    work: async (ctx) => {
      const holder = diskHolder(await stoppedInstance(ctx, { cid, disk }));
      await recordOperation(ctx.database, event, async () => {
        if (holder !== null) await detachDisk(ctx, holder, cid);
        await ctx.database.transaction((sql) => orphan(sql, disk.id));
      });
    },
  });
}

/** An agent tries for ten minutes to unmount a disk whose files its jobs have open, and does nothing else meanwhile. */
async function stoppedInstance(ctx: DeployContext, { cid, disk }: Taken): Promise<StoredInstance> {
  const instances = await instancesOf(ctx.database, ctx.deployment.id);
  const instance = instances.find((one) => one.disks.some((own) => own.cid === cid));
  if (instance === undefined) throw new ExpectedError(`Instance '${disk.instance}' lost disk '${cid}' meanwhile`);
  const name = instanceName(instance);
  if (instance.state !== 'started' || instance.vm === null) return instance;
  throw new ExpectedError(`Disk '${cid}' is in use: instance '${name}' of deployment '${disk.deployment}' runs`, {
    hint: `Stop it first: 'boti -d ${disk.deployment} stop ${name}'.`,
  });
}
