import { ExpectedError } from '@boti/core';
import type { DeployContext, Progress } from '../deploy/context.ts';
import { instanceName } from '../deploy/instance-name.ts';
import type { InstanceRun } from '../deploy/instance-run.ts';
import { recordInstanceEvent } from '../deploy/record-deployment-event.ts';
import { deleteVm } from '../deploy/steps/delete-vm.ts';
import { giveNewVm, updateInstance } from '../deploy/steps/update-instance.ts';
import type { StoredInstance } from '../instances/instance-store.ts';
import { deleteVmRow } from '../vms/vm-store.ts';
import type { ResolveSubject } from './resolve-subject.ts';

/** A new VM as the deployment was last deployed, with the disks and the state that the instance had. */
export async function recreateVm(subject: ResolveSubject, waitForJobs: boolean): Promise<void> {
  const { ctx, instance, plan } = subject;
  const name = instanceName(instance);
  const run = (await plan()).runs.get(instance.uuid);
  if (run === undefined) throw new ExpectedError(`Instance '${name}' is not in the deployed manifest any more`);
  await recordInstanceEvent(ctx, { action: 'recreate', instance: name }, () =>
    run.plan.state === 'stopped' ? replaceStopped(ctx, run) : replace(ctx, run, waitForJobs),
  );
}

function replace(ctx: DeployContext, run: InstanceRun, waitForJobs: boolean): Promise<void> {
  const changes = [{ kind: 'recreate', reason: 'its VM is to be replaced', needsNewVm: true }] as const;
  const watch = run.group.update.updateWatchTime;
  return updateInstance(ctx, run, { changes, watch, skipDrain: true, waitForJobs }, unseen);
}

/** BOSH: a resolution has a line when it begins and one when it ends, none between. */
const unseen: Progress = { status: () => undefined };

/** Its jobs stay stopped: a later start configures the VM. */
async function replaceStopped(ctx: DeployContext, run: InstanceRun): Promise<void> {
  if (run.vm !== null) await deleteVm(ctx, run.vm);
  run.vm = null;
  await giveNewVm(ctx, run);
}

/** The VM stays as it is, if it is: it is nobody's any more. */
export async function forgetVm(ctx: DeployContext, { vm }: StoredInstance): Promise<void> {
  if (vm === null) return;
  await deleteVmRow(ctx.database, vm.id);
  await ctx.busAccess.refresh();
}
