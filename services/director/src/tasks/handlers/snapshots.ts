import { snapshotCid } from '@boti/core';
import type { DeployContext } from '../../deploy/context.ts';
import { type DeployServices, deploymentContext } from '../../deploy/deployment-context.ts';
import { deleteSnapshots, snapshotDisks } from '../../deploy/steps/snapshot-disks.ts';
import { deleteSnapshotRow, findSnapshot } from '../../disks/snapshot-store.ts';
import { SnapshotNotFound } from '../../errors.ts';
import { instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { requireInstance } from '../../instances/select-instances.ts';
import {
  createSnapshotTask,
  deleteDeploymentSnapshotsTask,
  deleteSnapshotTask,
  snapshotDeploymentTask,
} from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface DeploymentInput {
  readonly deployment: string;
}

interface InstanceInput extends DeploymentInput {
  readonly group: string;
  readonly instance: string;
}

export function snapshotDeployment(services: DeployServices): TaskType<DeploymentInput> {
  return taskType(snapshotDeploymentTask, async (input, task) => {
    const ctx = await deploymentContext(services, task, input.deployment);
    for (const instance of await instancesOf(ctx.database, ctx.deployment.id)) await snapshot(ctx, task, instance);
    return `snapshots of deployment '${input.deployment}' created`;
  });
}

export function createSnapshot(services: DeployServices): TaskType<InstanceInput> {
  return taskType(createSnapshotTask, async (input, task) => {
    const ctx = await deploymentContext(services, task, input.deployment);
    const all = await instancesOf(ctx.database, ctx.deployment.id);
    const instance = requireInstance(all, input.deployment, { group: input.group, id: input.instance });
    return `snapshot(s) ${(await snapshot(ctx, task, instance)).join(', ')} created`;
  });
}

async function snapshot(ctx: DeployContext, task: TaskContext, instance: StoredInstance): Promise<string[]> {
  const plan = { ...instance, tags: instance.spec?.tags ?? {} };
  const agentId = instance.vm?.agentId ?? null;
  task.signal.throwIfAborted();
  return snapshotDisks(ctx, { plan, agentId, disks: instance.disks }, false);
}

export function deleteSnapshot(services: DeployServices): TaskType<DeploymentInput & { readonly snapshotCid: string }> {
  return taskType(deleteSnapshotTask, async (input, task) => {
    const ctx = await deploymentContext(services, task, input.deployment);
    const found = await findSnapshot(ctx.database, ctx.deployment.id, input.snapshotCid);
    if (found === undefined) throw new SnapshotNotFound(`snapshot ${input.snapshotCid} not found`);
    await ctx.clouds.of(found.cpi).deleteSnapshot(snapshotCid(found.cid));
    await deleteSnapshotRow(ctx.database, found.id);
    return `snapshot(s) ${input.snapshotCid} deleted`;
  });
}

export function deleteDeploymentSnapshots(services: DeployServices): TaskType<DeploymentInput> {
  return taskType(deleteDeploymentSnapshotsTask, async (input, task) => {
    const ctx = await deploymentContext(services, task, input.deployment);
    const instances = await instancesOf(ctx.database, ctx.deployment.id);
    await deleteSnapshots(
      ctx,
      instances.flatMap(({ disks }) => disks),
    );
    return `snapshots of deployment '${input.deployment}' deleted`;
  });
}
