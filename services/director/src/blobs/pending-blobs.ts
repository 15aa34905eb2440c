import type { Blobstore } from '@boti/blobstore';
import { type BlobId, blobId, type Logger } from '@boti/core';
import type { Sql } from '../database/sql.ts';
import { abandonedBlobs, forgetPendingBlobs, insertPendingBlobs } from './blob-store.ts';

export interface BlobContext {
  readonly database: Sql;
  readonly blobstore: Blobstore;
  readonly taskId: number;
  readonly newUuid: () => string;
  readonly log: Logger;
}

/**
 * Stores a blob that the Director makes for itself. It is on record before it is there, so that it does not stay for
 * ever when the process is killed; call `keepBlob` once its owner is stored.
 */
export async function putBlob(
  { database, blobstore, taskId, newUuid }: BlobContext,
  content: Parameters<Blobstore['put']>[0],
): Promise<BlobId> {
  const id = blobId(newUuid());
  await insertPendingBlobs(database, taskId, [id]);
  return blobstore.put(content, { id });
}

export async function keepBlob(sql: Sql, id: string): Promise<void> {
  await forgetPendingBlobs(sql, [id]);
}

/** Deletes blobs that `insertPendingBlobs` has put on record in the transaction that took their owners away. */
export async function dropBlobs(
  { database, blobstore, log }: Pick<BlobContext, 'database' | 'blobstore' | 'log'>,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    try {
      await blobstore.delete(blobId(id));
      await forgetPendingBlobs(database, [id]);
    } catch (error) {
      log.warn('a blob could not be deleted; it will be tried again', { blob: id, error });
    }
  }
}

/** Deletes what tasks that were cut off have left in the blobstore. */
export async function deleteAbandonedBlobs(ctx: Pick<BlobContext, 'database' | 'blobstore' | 'log'>): Promise<void> {
  const found = await abandonedBlobs(ctx.database);
  if (found.length === 0) return;
  const ids = (isUsed: boolean): string[] => found.filter((one) => one.isUsed === isUsed).map(({ id }) => id);
  await forgetPendingBlobs(ctx.database, ids(true));
  await dropBlobs(ctx, ids(false));
}
