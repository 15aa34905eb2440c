import type { Sql } from '../database/sql.ts';

export interface DiskSnapshotRecord {
  readonly id: number;
  readonly cid: string;
  readonly clean: boolean;
  readonly createdAt: Date;
}

interface SnapshotRow {
  readonly id: string;
  readonly cid: string;
  readonly clean: boolean;
  readonly created_at: Date;
}

export async function insertSnapshot(
  sql: Sql,
  snapshot: { readonly diskId: number; readonly cid: string; readonly clean: boolean },
): Promise<void> {
  await sql.query('insert into snapshots (persistent_disk_id, cid, clean) values ($1, $2, $3)', [
    snapshot.diskId,
    snapshot.cid,
    snapshot.clean,
  ]);
}

export async function snapshotsOf(sql: Sql, diskId: number): Promise<DiskSnapshotRecord[]> {
  const { rows } = await sql.query<SnapshotRow>('select * from snapshots where persistent_disk_id = $1 order by id', [
    diskId,
  ]);
  return rows.map(toRecord);
}

export async function snapshotsOfOrphan(sql: Sql, orphanDiskId: number): Promise<DiskSnapshotRecord[]> {
  const { rows } = await sql.query<SnapshotRow>('select * from snapshots where orphan_disk_id = $1 order by id', [
    orphanDiskId,
  ]);
  return rows.map(toRecord);
}

export async function findSnapshot(
  sql: Sql,
  deploymentId: number,
  cid: string,
): Promise<{ readonly id: number; readonly cid: string; readonly cpi: string } | undefined> {
  const { rows } = await sql.query<{ id: string; cid: string; cpi: string }>(
    `select s.id, s.cid, p.cpi from snapshots s
       join persistent_disks p on p.id = s.persistent_disk_id
       join instances i on i.id = p.instance_id
      where i.deployment_id = $1 and s.cid = $2`,
    [deploymentId, cid],
  );
  return rows[0] && { ...rows[0], id: Number(rows[0].id) };
}

export async function deleteSnapshotRow(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from snapshots where id = $1', [id]);
}

const toRecord = (row: SnapshotRow): DiskSnapshotRecord => ({
  id: Number(row.id),
  cid: row.cid,
  clean: row.clean,
  createdAt: row.created_at,
});
