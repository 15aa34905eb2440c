import { mapConcurrent } from '@boti/core';
import { deleteAbandonedBlobs } from '../../blobs/pending-blobs.ts';
import { recoverCreations } from '../../cloud/recover-creations.ts';
import { deleteCompilationRows } from '../../instances/instance-store.ts';
import { leftVmsOf } from '../../vms/vm-store.ts';
import type { DeployContext } from '../context.ts';
import { deleteVm } from '../steps/delete-vm.ts';
import { tolerating } from '../steps/tolerating.ts';

/**
 * Clears away what a task that was cut short has left of this deployment, before anything is planned: VMs and disks that
 * are on no record yet, VMs that never came to life or were being deleted, compilation VMs, blobs of nobody.
 */
export async function recoverDeployment(ctx: DeployContext, { force = false } = {}): Promise<void> {
  const attempt = tolerating(ctx, force);
  await recoverCreations({ ...ctx, warn: (message) => ctx.events.warning(message) });
  const left = await leftVmsOf(ctx.database, ctx.deployment.id);
  if (left.length > 0) {
    const stage = ctx.events.stage('Deleting VMs left by an interrupted task', left.length);
    await mapConcurrent(left, ctx.settings.maxThreads, (vm) =>
      stage.track(vm.cid, () => attempt(`VM '${vm.cid}' could not be deleted`, () => deleteVm(ctx, vm))),
    );
  }
  await deleteCompilationRows(ctx.database, ctx.deployment.id);
  await deleteAbandonedBlobs(ctx);
}
