import { mapConcurrent } from '@boti/core';
import { type AzUpdate, type GroupUpdate, updateBatches } from '../../planner/batches.ts';
import type { InstancePlan, WatchTime } from '../../planner/plan.ts';
import type { DeployContext } from '../context.ts';
import { instanceLabel, instanceName } from '../instance-name.ts';
import { recordInstanceEvent } from '../record-deployment-event.ts';
import { updateInstance } from '../steps/update-instance.ts';
import { deleteUnneeded } from './delete-unneeded.ts';
import type { SettledPlan } from './render-plan.ts';

export interface GroupsUpdate {
  readonly settled: SettledPlan;
  readonly deployedBefore: boolean;
  readonly skipDrain: (group: string) => boolean;
}

/** Updates the groups in manifest order; consecutive ones with `serial: false` at the same time. Answers if any changed. */
export async function updateGroups(ctx: DeployContext, update: GroupsUpdate): Promise<boolean> {
  const batches = updateBatches({ groups: update.settled.groups, deployedBefore: update.deployedBefore });
  for (const batch of batches) {
    ctx.signal.throwIfAborted();
    await mapConcurrent(batch.groups, batch.groups.length, (group) => updateGroup(ctx, update, group));
  }
  return batches.length > 0;
}

async function updateGroup(
  ctx: DeployContext,
  update: GroupsUpdate,
  { group, deletions, steps }: GroupUpdate,
): Promise<void> {
  const tags = [group.name];
  await deleteUnneeded(ctx, { ...deletions, tags, skipDrain: update.skipDrain });
  const total = steps.reduce((sum, step) => sum + step.canaries.length + step.others.length, 0);
  if (total === 0) return;
  const stage = ctx.events.stage('Updating instance', total, tags);
  const updateOne = (plan: InstancePlan, watch: WatchTime, suffix = ''): Promise<void> =>
    stage.track(`${instanceLabel(plan)}${suffix}`, async (progress) => {
      ctx.signal.throwIfAborted();
      const run = update.settled.runs.get(plan.uuid);
      if (run === undefined) throw new TypeError(`no run for ${instanceLabel(plan)}`);
      const request = { changes: plan.changes, watch, skipDrain: update.skipDrain(plan.group) };
      await recordInstanceEvent(ctx, eventOf(plan), () => updateInstance(ctx, run, request, progress));
    });
  for (const step of steps) await updateAz(step, updateOne);
}

function eventOf(plan: InstancePlan): Parameters<typeof recordInstanceEvent>[1] {
  const context = { az: plan.az, changes: plan.changes.map(({ kind }) => kind) };
  return { action: actionOf(plan), instance: instanceName(plan), context };
}

function actionOf({ existing, state, changes }: InstancePlan): string {
  if (existing === null || existing.spec === null) return 'create';
  if (changes.some(({ needsNewVm }) => needsNewVm)) return 'recreate';
  const isStateChange = changes.every(({ kind }) => kind === 'state');
  if (!isStateChange) return changes.some(({ kind }) => kind === 'restart') ? 'restart' : 'update';
  return state === 'started' ? 'start' : 'stop';
}

/** A canary that fails stops everything; the others go on `max_in_flight` at a time. */
async function updateAz(
  step: AzUpdate,
  updateOne: (plan: InstancePlan, watch: WatchTime, suffix?: string) => Promise<void>,
): Promise<void> {
  const { canaries, others, maxInFlight } = step;
  await mapConcurrent(canaries, maxInFlight, (plan) => updateOne(plan, step.canaryWatchTime, ' (canary)'));
  await mapConcurrent(others, maxInFlight, (plan) => updateOne(plan, step.updateWatchTime));
}
