import { diskHolder } from '../../deploy/disk-holder.ts';
import { deleteSnapshots } from '../../deploy/steps/snapshot-disks.ts';
import { deleteDiskRow } from '../../disks/disk-store.ts';
import type { DiskResolveSubject, Resolver } from '../resolve-subject.ts';
import { takeOff } from '../take-off-disk.ts';

/** The cloud does not have the disk. */
export const missingDisk: Resolver<DiskResolveSubject> = {
  delete_disk_reference: async ({ ctx, instance, disk }) => {
    await takeOff(ctx, diskHolder(instance), disk.cid);
    await deleteSnapshots(ctx, [disk]);
    await deleteDiskRow(ctx.database, disk.id);
  },
};
