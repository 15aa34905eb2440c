import { randomUUID } from 'node:crypto';
import type { Cloud, CpiContext } from '@boti/cpi-sdk';
import * as host from './host/index.ts';

export function snapshots(
  open: () => Promise<host.HostContext>,
  { creationId }: Pick<CpiContext, 'creationId'>,
): Pick<Required<Cloud>, 'snapshotDisk' | 'deleteSnapshot'> {
  return {
    snapshotDisk: async (disk) => host.snapshotDisk(await open(), disk, creationId ?? randomUUID()),
    deleteSnapshot: async (cid) => host.deleteSnapshot(await open(), cid),
  };
}
