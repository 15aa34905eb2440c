import { ExpectedError } from '@boti/core';
import { forgetVm, recreateVm } from '../recreate-vm.ts';
import type { Resolver, ResolveSubject } from '../resolve-subject.ts';
import { isInCloud } from '../scan-vms.ts';

/** The instance has no VM, or the cloud does not have it. */
export const missingVm: Resolver<ResolveSubject> = {
  recreate_vm: async (subject) => {
    await refuseIfThere(subject);
    await recreateVm(subject, true);
  },
  recreate_vm_without_wait: async (subject) => {
    await refuseIfThere(subject);
    await recreateVm(subject, false);
  },
  delete_vm_reference: async (subject) => {
    await refuseIfThere(subject);
    await forgetVm(subject.ctx, subject.instance);
  },
};

async function refuseIfThere({ ctx, instance: { vm } }: ResolveSubject): Promise<void> {
  if (vm === null || !(await isInCloud(ctx, vm))) return;
  throw new ExpectedError(`The cloud has VM '${vm.cid}' again`, { hint: 'Scan again.' });
}
