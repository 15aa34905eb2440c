import { randomUUID } from 'node:crypto';
import type { Cloud, CpiContext } from '@boti/cpi-sdk';
import * as host from './host/index.ts';

type DiskMethods =
  | 'createDisk'
  | 'deleteDisk'
  | 'hasDisk'
  | 'attachDisk'
  | 'detachDisk'
  | 'setDiskMetadata'
  | 'resizeDisk'
  | 'updateDisk';

export function disks(
  open: () => Promise<host.HostContext>,
  { creationId }: Pick<CpiContext, 'creationId'>,
): Pick<Required<Cloud>, DiskMethods> {
  return {
    createDisk: async (sizeMib) => host.createDisk(await open(), sizeMib, creationId ?? randomUUID()),
    deleteDisk: async (cid) => host.deleteDisk(await open(), cid),
    hasDisk: async (cid) => host.hasDisk(await open(), cid),
    attachDisk: async (vm, disk) => ({ path: await host.attachDisk(await open(), vm, disk) }),
    detachDisk: async (vm, disk) => host.detachDisk(await open(), vm, disk),
    setDiskMetadata: async (cid, metadata) => host.setDiskMetadata(await open(), cid, metadata),
    resizeDisk: async (cid, sizeMib) => host.resizeDisk(await open(), cid, sizeMib),
    // Disks have no cloud properties here: a change of size is all there can be.
    async updateDisk(cid, sizeMib) {
      await host.resizeDisk(await open(), cid, sizeMib);
      return cid;
    },
  };
}
