import { diskCid, ExpectedError, vmCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import type { Stage } from '../stage.ts';
import { currentDisk } from '../state/deployment-state.ts';
import { within } from '../within.ts';
import type { EnvContext } from './env-context.ts';
import { isAgentThere, stopJobs, unmountDisks } from './instance-steps.ts';

/** Stops what runs on the environment's VM and deletes it; disks stay. */
export async function removeVm(ctx: EnvContext, options: { readonly skipDrain: boolean }, stage: Stage): Promise<void> {
  const cid = ctx.state.state.current_vm_cid;
  if (cid === '') return;
  const exists = await within(`Checking existence of VM '${cid}'`, ctx.signal, () => ctx.cloud.calls.hasVm(vmCid(cid)));
  if (!exists) await checkForeignState(ctx, cid);
  if (exists && (await isAgentThere(ctx, cid, stage))) {
    await stopJobs(ctx, options, stage);
    await unmountDisks(ctx, stage);
  }
  await stage.stepOrSkip(`Deleting VM '${cid}'`, () => deleteVm(ctx, cid));
}

/** Also when the CPI says that it is gone: it may have left something of it. */
async function deleteVm({ cloud, state }: EnvContext, cid: string): Promise<string | undefined> {
  let skipped: string | undefined;
  try {
    await cloud.calls.deleteVm(vmCid(cid));
  } catch (error) {
    if (!isCloudError(error, 'VMNotFound')) throw error;
    skipped = 'VM not found';
  }
  await state.update({ current_vm_cid: '', current_stemcell_id: '' });
  return skipped;
}

/** Neither VM nor disk are known to the cloud: this is the state of some other environment, or the wrong cloud. */
async function checkForeignState({ cloud, state }: EnvContext, vm: string): Promise<void> {
  const disk = currentDisk(state.state);
  if (disk === undefined) return;
  try {
    if (await cloud.calls.hasDisk(diskCid(disk.cid))) return;
  } catch (error) {
    if (isCloudError(error, 'NotImplemented')) return;
    throw error;
  }
  throw new ExpectedError(
    `The cloud knows neither VM '${vm}' nor disk '${disk.cid}', which '${state.path}' says are this environment's`,
    {
      hint: 'Is it the state file of another environment, or are these the credentials of another cloud? If both are really lost, delete the state file to begin anew.',
    },
  );
}
