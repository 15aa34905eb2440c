import { vmCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { deactivateVm, deleteVmRow } from '../../vms/vm-store.ts';
import type { DeployContext } from '../context.ts';

interface DeletableVm {
  readonly id: number;
  readonly cid: string;
  readonly cpi: string;
}

/** Cloud first, then our record: what a crash leaves is an inactive VM, which the next task deletes again. */
export async function deleteVm(ctx: DeployContext, vm: DeletableVm): Promise<void> {
  await deactivateVm(ctx.database, vm.id);
  await deleteCloudVm(ctx, vm);
  await deleteVmRow(ctx.database, vm.id);
  await ctx.busAccess.refresh();
}

/** A VM that the cloud does not have is as good as deleted. */
export async function deleteCloudVm(
  ctx: Pick<DeployContext, 'clouds'>,
  vm: Pick<DeletableVm, 'cid' | 'cpi'>,
): Promise<void> {
  try {
    await ctx.clouds.of(vm.cpi).deleteVm(vmCid(vm.cid));
  } catch (error) {
    if (!isCloudError(error, 'VMNotFound')) throw error;
  }
}
