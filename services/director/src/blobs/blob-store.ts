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

export async function forgetBlob(sql: Sql, blobstoreId: string): Promise<void> {
  await sql.query('delete from blobs where blobstore_id = $1', [blobstoreId]);
}
