import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobstore } from '@boti/blobstore';
import { blobId, type Clock, type Logger } from '@boti/core';
import { blobsOlderThan, forgetBlob } from '../blobs/blob-store.ts';
import { deleteAbandonedBlobs } from '../blobs/pending-blobs.ts';
import type { DirectorConfig } from '../config.ts';
import type { Database } from '../database/sql.ts';
import { listOrphanDisks } from '../disks/disk-store.ts';
import { deleteOldEvents } from '../events/event-store.ts';
import { deleteOrphanDiskTask } from '../tasks/task-kinds.ts';
import type { TaskQueueWriter } from '../tasks/task-queue.ts';
import { deleteOldTasks } from '../tasks/task-store.ts';
import type { Chore } from './scheduler.ts';

export interface ChoreDeps {
  readonly database: Database;
  readonly blobstore: Blobstore;
  readonly tasks: TaskQueueWriter;
  readonly config: Pick<DirectorConfig, 'maxTasks' | 'maxEvents' | 'orphanDiskDays'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where uploads wait for their task. */
  readonly uploadDir: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const logDays = 10;

/** What keeps a Director from growing for ever. */
export function chores(deps: ChoreDeps): readonly Chore[] {
  const { database, config } = deps;
  return [
    {
      name: 'delete old tasks',
      everyMs: hour,
      run: async () => {
        await deleteOldTasks(database, config.maxTasks);
      },
    },
    {
      name: 'delete old events',
      everyMs: hour,
      run: async () => {
        await deleteOldEvents(database, config.maxEvents);
      },
    },
    { name: 'delete old log bundles', everyMs: hour, run: () => deleteLogBundles(deps) },
    { name: 'delete abandoned blobs', everyMs: hour, run: () => deleteAbandonedBlobs(deps) },
    { name: 'delete old orphaned disks', everyMs: hour, run: () => deleteOldOrphans(deps) },
    { name: 'delete abandoned uploads', everyMs: hour, run: () => deleteAbandonedUploads(deps) },
  ];
}

async function deleteLogBundles({ database, blobstore }: ChoreDeps): Promise<void> {
  for (const { blobstoreId } of await blobsOlderThan(database, 'logs', logDays)) {
    await blobstore.delete(blobId(blobstoreId));
    await forgetBlob(database, blobstoreId);
  }
}

async function deleteOldOrphans({ database, tasks, config, clock }: ChoreDeps): Promise<void> {
  const before = clock.now().getTime() - config.orphanDiskDays * day;
  const old = (await listOrphanDisks(database)).filter(({ orphanedAt }) => orphanedAt.getTime() < before);
  if (old.length === 0) return;
  await tasks.enqueue(deleteOrphanDiskTask, { diskCids: old.map(({ cid }) => cid) }, { user: 'scheduler' });
}

/** A process that was killed between an upload and its task leaves a file that nobody will ask for. */
async function deleteAbandonedUploads({ uploadDir, clock }: ChoreDeps): Promise<void> {
  for (const name of await readdir(uploadDir).catch(() => [])) {
    const path = join(uploadDir, name);
    const { mtimeMs } = await stat(path);
    if (clock.now().getTime() - mtimeMs > day) await rm(path, { force: true });
  }
}
