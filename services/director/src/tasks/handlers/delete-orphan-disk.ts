import { diskCid, snapshotCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { type CpiClients, cloudsFor } from '../../cloud/clouds.ts';
import type { Database } from '../../database/sql.ts';
import { findOrphanDisk, forgetOrphanDisk, isActiveDisk, type OrphanDisk } from '../../disks/disk-store.ts';
import { deleteSnapshotRow, snapshotsOfOrphan } from '../../disks/snapshot-store.ts';
import { DeletingPersistentDiskError } from '../../errors.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { deleteOrphanDiskTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly cpis: CpiClients;
}

/** Cloud first, then our record: a crash in between leaves a row we can retry, not a lost disk. */
export function deleteOrphanDisk(deps: Deps): TaskType<{ diskCids: readonly string[] }> {
  return taskType(deleteOrphanDiskTask as never, async ({ diskCids }: { diskCids: readonly string[] }, task) => {
    const stage = task.events.stage('Deleting orphaned disks', diskCids.length);
    for (const cid of diskCids) await stage.track(cid, () => removeDisk(deps, task, cid));
    return `orphaned disk(s) ${diskCids.join(', ')} deleted`;
  });
}

async function removeDisk(deps: Deps, task: TaskContext, cid: string): Promise<void> {
  if (await isActiveDisk(deps.database, cid)) {
    throw new DeletingPersistentDiskError(`Disk '${cid}' is the persistent disk of an instance`, {
      hint: 'Orphan it first, or remove it from the manifest and deploy.',
    });
  }
  const disk = await findOrphanDisk(deps.database, cid);
  const { user, taskId } = task;
  await recordOperation(
    deps.database,
    { user, taskId, action: 'delete', objectType: 'disk', objectName: cid, deployment: disk?.deploymentName ?? null },
    () => deleteDisk(deps, task, { cid, disk }),
  );
}

/** An orphan's snapshots go before it. A disk that nobody knows is asked of the default CPI. */
export async function deleteDisk(
  { database, cpis }: Deps,
  task: Pick<TaskContext, 'signal' | 'cpiLog'>,
  { cid, disk }: { readonly cid: string; readonly disk: OrphanDisk | undefined },
): Promise<void> {
  const cloud = cloudsFor(cpis, task).of(disk?.cpi ?? '');
  for (const snapshot of disk === undefined ? [] : await snapshotsOfOrphan(database, disk.id)) {
    await cloud.deleteSnapshot(snapshotCid(snapshot.cid));
    await deleteSnapshotRow(database, snapshot.id);
  }
  try {
    await cloud.deleteDisk(diskCid(cid));
  } catch (error) {
    if (!isCloudError(error, 'DiskNotFound')) throw error;
  }
  if (disk !== undefined) await forgetOrphanDisk(database, disk.id);
}
