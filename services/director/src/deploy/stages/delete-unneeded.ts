import { mapConcurrent } from '@boti/core';
import { findInstance } from '../../instances/instance-store.ts';
import type { InstancePlan } from '../../planner/plan.ts';
import type { DeployContext } from '../context.ts';
import { instanceLabel } from '../instance-name.ts';
import { deleteInstance } from '../steps/delete-instance.ts';

export interface UnneededInstances {
  readonly instances: readonly InstancePlan[];
  readonly parallel: number;
  readonly tags?: readonly string[];
  readonly skipDrain: (group: string) => boolean;
}

/** Deletes instances that the manifest no longer has; their disks are orphaned. */
export async function deleteUnneeded(ctx: DeployContext, unneeded: UnneededInstances): Promise<void> {
  const { instances, parallel, tags = [], skipDrain } = unneeded;
  if (instances.length === 0) return;
  const stage = ctx.events.stage('Deleting unneeded instances', instances.length, tags);
  await mapConcurrent(instances, parallel, async ({ existing }) => {
    if (existing === null) return;
    await stage.track(instanceLabel(existing), async () => {
      ctx.signal.throwIfAborted();
      const stored = await findInstance(ctx.database, existing.id);
      if (stored === undefined) return;
      await deleteInstance(
        ctx,
        { ...stored, agent: existing.agent },
        { intent: 'delete_instance', skipDrain: skipDrain(existing.group), keepSnapshots: false, force: false },
      );
    });
  });
}
