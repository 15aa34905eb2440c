import { mapConcurrent } from '@boti/core';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { instanceLabel } from '../../deploy/instance-name.ts';
import { withAgentStates } from '../../deploy/load-snapshot.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { recordDeploymentEvent } from '../../deploy/record-deployment-event.ts';
import { recoverDeployment } from '../../deploy/stages/recover-deployment.ts';
import { deleteInstance } from '../../deploy/steps/delete-instance.ts';
import { deleteDeploymentRow } from '../../deployments/deployment-store.ts';
import { DeploymentIgnoredInstancesDeletion } from '../../errors.ts';
import { instancesOf } from '../../instances/instance-store.ts';
import { checkAgents } from '../../planner/check-world.ts';
import { deleteDeploymentTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly force: boolean;
  readonly keepSnapshots: boolean;
}

/** Deletes all instances (disks are orphaned), then the deployment. Works whatever state a failed deploy has left. */
export function deleteDeployment(services: DeployServices): TaskType<Input> {
  return taskType(deleteDeploymentTask, async (input, task) => {
    const { deployment } = input;
    await onDeployment(services, task, {
      deployment,
      work: (ctx) => recordDeploymentEvent(ctx, 'delete', () => remove(ctx, input)),
    });
    return `/deployments/${deployment}`;
  });
}

async function remove(ctx: DeployContext, input: Input): Promise<void> {
  await recoverDeployment(ctx, input);
  const instances = await instancesOf(ctx.database, ctx.deployment.id);
  const ignored = instances.filter(({ ignore }) => ignore);
  if (ignored.length > 0) {
    throw new DeploymentIgnoredInstancesDeletion(
      `You are trying to delete deployment '${ctx.deployment.name}', which contains ignored instance(s). Operation not allowed.`,
      { hint: `Take them back first: ${ignored.map(({ group, uuid }) => `unignore ${group}/${uuid}`).join(', ')}.` },
    );
  }
  await deleteInstances(ctx, input, instances);
  const stage = ctx.events.stage('Removing deployment artifacts', 3);
  await stage.track('Detaching stemcells', async () => undefined);
  await stage.track('Detaching releases', async () => undefined);
  await stage.track('Destroying deployment', () => deleteDeploymentRow(ctx.database, ctx.deployment.id));
}

async function deleteInstances(
  ctx: DeployContext,
  input: Input,
  stored: Awaited<ReturnType<typeof instancesOf>>,
): Promise<void> {
  const instances = await withAgentStates(ctx, stored);
  if (!input.force)
    checkAgents(instances, false, 'Delete with --force: VMs whose agents do not answer are then deleted unstopped.');
  const stage = ctx.events.stage('Deleting instances', instances.length);
  await mapConcurrent(instances, ctx.settings.maxThreads, (instance) =>
    stage.track(instanceLabel(instance), () => {
      ctx.signal.throwIfAborted();
      return deleteInstance(ctx, instance, {
        intent: 'delete_deployment',
        skipDrain: false,
        keepSnapshots: input.keepSnapshots,
        force: input.force,
      });
    }),
  );
}
