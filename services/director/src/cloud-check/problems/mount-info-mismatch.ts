import { ExpectedError } from '@boti/core';
import { diskHolder } from '../../deploy/disk-holder.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { attachDisk } from '../../deploy/steps/attach-disk.ts';
import type { DiskResolveSubject, Resolver } from '../resolve-subject.ts';
import { rebootVm } from './unresponsive-agent.ts';

/** A disk that is not mounted, or on another VM than its instance's. */
export const mountInfoMismatch: Resolver<DiskResolveSubject> = {
  reattach_disk: reattach,
  reattach_disk_and_reboot: async (subject) => {
    await reattach(subject);
    await rebootVm(subject.ctx, subject.instance);
  },
};

async function reattach({ ctx, instance, disk }: DiskResolveSubject): Promise<void> {
  const holder = diskHolder(instance);
  if (holder === null) throw new ExpectedError(`Instance '${instanceName(instance)}' has no VM to attach it to`);
  await attachDisk(ctx, holder, disk);
}
