import { randomUUID } from 'node:crypto';
import { snapshotCid } from '@boti/core';
import type { Cloud, CpiContext } from '@boti/cpi-sdk';
import { requireQuota } from './quotas.ts';
import type { Simulation } from './simulator.ts';
import { requireDisk } from './store.ts';

export function snapshots(
  { store, config }: Simulation,
  { creationId }: CpiContext,
): Pick<Required<Cloud>, 'snapshotDisk' | 'deleteSnapshot'> {
  return {
    async snapshotDisk(diskCid) {
      requireQuota(store, config.quotas, 'snapshot');
      requireDisk(store, diskCid);
      const cid = snapshotCid(`sim-snapshot-${randomUUID()}`);
      store.put('snapshot', { cid, diskCid, ...(creationId !== undefined && { creationId }) });
      return cid;
    },
    deleteSnapshot: async (cid) => store.remove('snapshot', cid),
  };
}
