import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { directorAlert } from '../../deploy/director-alert.ts';
import { instanceLabel, instanceName } from '../../deploy/instance-name.ts';
import type { InstanceRun } from '../../deploy/instance-run.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { recordInstanceEvent } from '../../deploy/record-deployment-event.ts';
import { recoverDeployment } from '../../deploy/stages/recover-deployment.ts';
import { settleStoredPlan } from '../../deploy/stages/settle-stored-plan.ts';
import { giveNewVm, updateInstance as updateOne } from '../../deploy/steps/update-instance.ts';
import { DeploymentIgnoredInstancesModification, InstanceGroupInvalidLifecycleError } from '../../errors.ts';
import { instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { requireInstance } from '../../instances/select-instances.ts';
import { type instanceActions, updateInstanceTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

type Action = (typeof instanceActions)[number];

interface Input {
  readonly deployment: string;
  readonly group: string;
  readonly instance: string;
  readonly action: Action;
  readonly skipDrain: boolean;
  readonly hard: boolean;
  readonly ignoreUnresponsiveAgent: boolean;
}

const titles: Readonly<Record<Action, string>> = {
  stop: 'Stopping instance',
  start: 'Starting instance',
  restart: 'Restarting instance',
  recreate: 'Recreating instance',
};

/** Stops, starts, restarts or recreates one instance as it was last deployed, leaving all others alone. */
export function updateInstance(services: DeployServices): TaskType<Input> {
  return taskType(updateInstanceTask, (input, task) =>
    onDeployment(services, task, { deployment: input.deployment, work: (ctx) => changeState(ctx, input) }),
  );
}

async function changeState(ctx: DeployContext, input: Input): Promise<string> {
  const stored = await target(ctx, input);
  const name = instanceName(stored);
  await directorAlert(ctx, `'${input.action}' instance '${name}'`, () =>
    recordInstanceEvent(ctx, { action: input.action, instance: name }, async () => {
      await recoverDeployment(ctx);
      const stage = ctx.events.stage(`Updating instance ${instanceLabel(stored)}`, null);
      const run = await planOne(ctx, input, stored);
      await stage.track(titles[input.action], (progress) => act(ctx, { input, stored, run }, progress));
    }),
  );
  return name;
}

async function target(ctx: DeployContext, input: Input): Promise<StoredInstance> {
  const instances = await instancesOf(ctx.database, ctx.deployment.id);
  const stored = requireInstance(instances, input.deployment, { group: input.group, id: input.instance });
  if (stored.lifecycle === 'errand') {
    throw new InstanceGroupInvalidLifecycleError(
      `Isolated '${input.action}' can not be run on instances of type errand. Try the bosh run-errand command.`,
    );
  }
  if (stored.ignore) {
    throw new DeploymentIgnoredInstancesModification(
      `You are trying to change the state of the ignored instance '${instanceName(stored)}'. This operation is not allowed. You need to unignore it first.`,
    );
  }
  return stored;
}

/** The instance as the stored manifest has it, wanted in the state that the action leaves it in. */
async function planOne(ctx: DeployContext, input: Input, stored: StoredInstance): Promise<InstanceRun> {
  const state = input.action === 'stop' ? (input.hard ? 'detached' : 'stopped') : 'started';
  const states = [{ group: stored.group, instance: stored.uuid, state } as const];
  const { runs } = await settleStoredPlan(ctx, { states, fix: input.ignoreUnresponsiveAgent });
  const run = runs.get(stored.uuid);
  if (run === undefined) throw new TypeError(`the stored manifest has no ${instanceName(stored)}`);
  return run;
}

interface ActionSubject {
  readonly input: Input;
  readonly stored: StoredInstance;
  readonly run: InstanceRun;
}

async function act(
  ctx: DeployContext,
  { input, stored, run }: ActionSubject,
  progress: Parameters<typeof updateOne>[3],
): Promise<void> {
  const isThere = input.action === 'stop' && stored.state !== 'started' && !(input.hard && stored.vm !== null);
  if (isThere || (input.action === 'start' && stored.state === 'started' && stored.updateCompleted)) return;
  const needsNewVm = input.action === 'recreate' || (input.action === 'restart' && input.hard);
  if (run.vm === null && run.plan.state === 'started') await giveNewVm(ctx, run);
  await updateOne(
    ctx,
    run,
    {
      changes: [{ kind: needsNewVm ? 'recreate' : 'state', reason: `${input.action} was asked for`, needsNewVm }],
      watch: run.group.update.updateWatchTime,
      skipDrain: input.skipDrain,
    },
    progress,
  );
}
