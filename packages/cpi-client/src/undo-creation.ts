import { diskCid, snapshotCid, stemcellCid, vmCid } from '@boti/core';
import { type Cloud, isCloudError } from '@boti/cpi-sdk';

/** What create_* calls and snapshot_disk make. */
export type CreationKind = 'vm' | 'disk' | 'snapshot' | 'stemcell';

/**
 * Removes from the cloud what a create_* call has made that nobody stored. Answers `unknown` when the CPI keeps no
 * journal (docs/contracts/cpi.md) and so cannot tell.
 */
export async function undoCreation(
  cloud: Required<Cloud>,
  { id, kind }: { readonly id: string; readonly kind: CreationKind },
): Promise<'gone' | 'unknown'> {
  try {
    const cid = await cloud.findCreation(id);
    if (cid === undefined) return 'gone';
    if (kind === 'vm') await cloud.deleteVm(vmCid(cid));
    if (kind === 'disk') await cloud.deleteDisk(diskCid(cid));
    if (kind === 'snapshot') await cloud.deleteSnapshot(snapshotCid(cid));
    if (kind === 'stemcell') await cloud.deleteStemcell(stemcellCid(cid));
    return 'gone';
  } catch (error) {
    if (isCloudError(error, 'NotImplemented')) return 'unknown';
    throw error;
  }
}
