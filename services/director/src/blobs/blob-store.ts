import type { Sql } from '../database/sql.ts';

/** A blob that the Director made for somebody to fetch; it is removed after its time. */
export interface TemporaryBlob {
  readonly blobstoreId: string;
  readonly sha1: string | null;
  readonly type: 'logs' | 'exported-release';
}

export async function insertBlob(sql: Sql, blob: TemporaryBlob): Promise<void> {
  await sql.query('insert into blobs (blobstore_id, sha1, type) values ($1, $2, $3)', [
    blob.blobstoreId,
    blob.sha1,
    blob.type,
  ]);
}

/** Blobs of a type, older than `days`. */
export async function blobsOlderThan(sql: Sql, type: TemporaryBlob['type'], days: number): Promise<TemporaryBlob[]> {
  const { rows } = await sql.query<{ blobstore_id: string; sha1: string | null; type: TemporaryBlob['type'] }>(
    'select blobstore_id, sha1, type from blobs where type = $1 and created_at < now() - make_interval(days => $2)',
    [type, days],
  );
  return rows.map((row) => ({ blobstoreId: row.blobstore_id, sha1: row.sha1, type: row.type }));
}

/** Puts on record that these blobs belong to nobody yet, or any more, and are the task's to see to. */
export async function insertPendingBlobs(sql: Sql, taskId: number, ids: readonly string[]): Promise<void> {
  await sql.query(`insert into blobs (blobstore_id, type, task_id) select unnest($1::text[]), 'pending', $2`, [
    ids,
    taskId,
  ]);
}

export async function forgetPendingBlobs(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.query(`delete from blobs where type = 'pending' and blobstore_id = any($1)`, [ids]);
}

/** Blobs that a task which has ended was about to make or to delete. */
export async function abandonedBlobs(sql: Sql): Promise<{ readonly id: string; readonly isUsed: boolean }[]> {
  const { rows } = await sql.query<{ id: string; used: boolean }>(
    `select b.blobstore_id as id,
            exists (select 1 from packages p where p.blobstore_id = b.blobstore_id)
            or exists (select 1 from jobs j where j.blobstore_id = b.blobstore_id)
            or exists (select 1 from compiled_packages c where c.blobstore_id = b.blobstore_id)
            or exists (select 1 from blobs o where o.blobstore_id = b.blobstore_id and o.type <> 'pending')
            or exists (select 1 from instances i
                        where i.spec->'renderedTemplatesArchive'->>'blobstoreId' = b.blobstore_id) as used
       from blobs b left join tasks t on t.id = b.task_id
      where b.type = 'pending' and (t.id is null or t.state not in ('queued', 'processing', 'cancelling'))`,
  );
  return rows.map(({ id, used }) => ({ id, isUsed: used }));
}

export async function forgetBlob(sql: Sql, blobstoreId: string): Promise<void> {
  await sql.query('delete from blobs where blobstore_id = $1', [blobstoreId]);
}
