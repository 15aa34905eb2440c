import { diskCid, ExpectedError } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { diskHolder } from '../../deploy/disk-holder.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { deleteSnapshots } from '../../deploy/steps/snapshot-disks.ts';
import { activateDisk, deleteDiskRow } from '../../disks/disk-store.ts';
import type { DiskResolveSubject, Resolver } from '../resolve-subject.ts';
import { takeOff } from '../take-off-disk.ts';

/** A disk that was made for an instance and never became its own. */
export const inactiveDisk: Resolver<DiskResolveSubject> = {
  activate_disk: async ({ ctx, instance, disk }) => {
    if (instance.disks.some(({ active, name }) => active && name === disk.name)) {
      throw new ExpectedError(`Instance '${instanceName(instance)}' has an active disk already`);
    }
    await ctx.database.transaction((sql) => activateDisk(sql, disk.id));
  },
  delete_disk: async (subject) => {
    const { ctx, instance, disk } = subject;
    await refuseIfMounted(subject);
    await takeOff(ctx, diskHolder(instance), disk.cid);
    await deleteSnapshots(ctx, [disk]);
    try {
      await ctx.clouds.of(disk.cpi).deleteDisk(diskCid(disk.cid));
    } catch (error) {
      if (!isCloudError(error, 'DiskNotFound')) throw error;
    }
    await deleteDiskRow(ctx.database, disk.id);
  },
};

async function refuseIfMounted({ ctx, instance, disk }: DiskResolveSubject): Promise<void> {
  if (instance.vm === null) return;
  const agent = ctx.agents.of(instance.vm.agentId, instanceName(instance));
  if (!(await agent.call('list_disk', [], { signal: ctx.signal })).includes(disk.cid)) return;
  throw new ExpectedError(`Disk '${disk.cid}' is in use by '${instanceName(instance)}'`, {
    hint: 'Activate it instead.',
  });
}
