import { randomUUID } from 'node:crypto';
import { diskCid } from '@boti/core';
import { type Cloud, CloudError, type CpiContext } from '@boti/cpi-sdk';
import { requireDiskSpace, requireQuota } from './quotas.ts';
import type { Simulation } from './simulator.ts';
import { requireDisk, requireVm, type Store } from './store.ts';

type DiskMethods =
  | 'createDisk'
  | 'deleteDisk'
  | 'hasDisk'
  | 'attachDisk'
  | 'detachDisk'
  | 'setDiskMetadata'
  | 'resizeDisk'
  | 'updateDisk';

export function disks({ store, config }: Simulation, { creationId }: CpiContext): Pick<Required<Cloud>, DiskMethods> {
  const resize = async (cid: string, sizeMib: number): Promise<void> => {
    const disk = requireDisk(store, cid);
    if (sizeMib < disk.sizeMib) throw new CloudError('NotSupported', `Disk '${cid}' cannot shrink`);
    refuseAttached(store, cid);
    requireDiskSpace(store, config.quotas, sizeMib - disk.sizeMib);
    store.put('disk', { ...disk, sizeMib });
  };
  return {
    async createDisk(sizeMib) {
      requireQuota(store, config.quotas, 'disk');
      requireDiskSpace(store, config.quotas, sizeMib);
      const cid = diskCid(`sim-disk-${randomUUID()}`);
      store.put('disk', { cid, sizeMib, ...(creationId !== undefined && { creationId }) });
      return cid;
    },
    async deleteDisk(cid) {
      refuseAttached(store, cid);
      store.remove('disk', cid);
    },
    hasDisk: async (cid) => store.get('disk', cid) !== undefined,
    // Attaching twice answers the same hint: callers try again when an answer is lost.
    async attachDisk(vmCid, cid) {
      const vm = requireVm(store, vmCid);
      requireDisk(store, cid);
      if (!vm.disks.includes(cid)) {
        refuseAttached(store, cid);
        store.put('vm', { ...vm, disks: [...vm.disks, cid] });
      }
      return { path: `/dev/${cid}` };
    },
    async detachDisk(vmCid, cid) {
      const vm = requireVm(store, vmCid);
      if (!vm.disks.includes(cid)) {
        throw new CloudError('DiskNotAttached', `Disk '${cid}' is not attached to VM '${vmCid}'`);
      }
      if (vm.agent.mounted.includes(cid)) {
        throw new CloudError('CloudError', `Disk '${cid}' is still mounted in VM '${vmCid}'`);
      }
      store.put('vm', { ...vm, disks: vm.disks.filter((disk) => disk !== cid) });
    },
    async setDiskMetadata(cid, metadata) {
      store.put('disk', { ...requireDisk(store, cid), metadata });
    },
    resizeDisk: resize,
    async updateDisk(cid, sizeMib) {
      await resize(cid, sizeMib);
      return cid;
    },
  };
}

function refuseAttached(store: Store, cid: string): void {
  const holder = store.all('vm').find(({ disks }) => disks.includes(cid));
  if (holder !== undefined) throw new CloudError('CloudError', `Disk '${cid}' is attached to VM '${holder.cid}'`);
}
