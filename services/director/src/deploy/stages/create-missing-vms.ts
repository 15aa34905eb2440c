import { mapConcurrent } from '@boti/core';
import { updateCandidates } from '../../planner/batches.ts';
import type { DeployContext } from '../context.ts';
import { instanceLabel } from '../instance-name.ts';
import type { InstanceRun } from '../instance-run.ts';
import { giveNewVm } from '../steps/update-instance.ts';
import type { SettledPlan } from './render-plan.ts';

/** Instances that are to run and have no VM. Errand groups get theirs when an errand runs. */
export function runsWithoutVm({ groups, runs }: SettledPlan): InstanceRun[] {
  return groups
    .filter(({ lifecycle }) => lifecycle === 'service')
    .flatMap((group) => updateCandidates(group))
    .flatMap(({ uuid, state }) => {
      const run = runs.get(uuid);
      return run !== undefined && run.vm === null && state === 'started' ? [run] : [];
    });
}

/** Makes all missing VMs at once, whatever max_in_flight says: nothing runs on them yet. */
export async function createMissingVms(ctx: DeployContext, missing: readonly InstanceRun[]): Promise<void> {
  if (missing.length === 0) return;
  const stage = ctx.events.stage('Creating missing vms', missing.length);
  await mapConcurrent(missing, ctx.settings.maxThreads, (run) =>
    stage.track(instanceLabel(run.plan), () => {
      ctx.signal.throwIfAborted();
      return giveNewVm(ctx, run);
    }),
  );
}
