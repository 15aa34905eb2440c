import { type VmCid, vmCid } from '@boti/core';
import type { Sql } from '../database/sql.ts';

export interface NewDisk {
  readonly instanceId: number;
  readonly cid: string;
  readonly name: string;
  readonly sizeMib: number;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
  readonly cpi: string;
}

export interface OrphanDisk {
  readonly id: number;
  readonly cid: string;
  readonly sizeMib: number;
  readonly az: string | null;
  readonly deploymentName: string;
  readonly instanceName: string;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
  readonly cpi: string;
  readonly orphanedAt: Date;
}

interface OrphanDiskRow {
  readonly id: string;
  readonly cid: string;
  readonly size_mib: number;
  readonly az: string | null;
  readonly deployment_name: string;
  readonly instance_name: string;
  readonly cloud_properties: Readonly<Record<string, unknown>>;
  readonly cpi: string;
  readonly orphaned_at: Date;
}

/** A new disk is not active: it becomes so once its data is on it. */
export async function insertDisk(sql: Sql, disk: NewDisk): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into persistent_disks (instance_id, cid, name, size_mib, cloud_properties, cpi)
     values ($1, $2, $3, $4, $5, $6) returning id`,
    [disk.instanceId, disk.cid, disk.name, disk.sizeMib, JSON.stringify(disk.cloudProperties), disk.cpi],
  );
  return Number(rows[0]?.id);
}

/** Makes this the instance's disk of its name. Call within a transaction. */
export async function activateDisk(sql: Sql, diskId: number): Promise<void> {
  await sql.query(
    `update persistent_disks p set active = false from persistent_disks n
      where n.id = $1 and p.instance_id = n.instance_id and p.name = n.name and p.id <> n.id`,
    [diskId],
  );
  await sql.query('update persistent_disks set active = true where id = $1', [diskId]);
}

/** The disk stays on the cloud, kept for a while and for whoever wants it back. Call within a transaction. */
export async function orphanDisk(sql: Sql, diskId: number): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into orphan_disks (cid, size_mib, az, deployment_name, instance_name, cloud_properties, cpi)
     select p.cid, p.size_mib, i.az, d.name, i.instance_group || '/' || i.uuid, p.cloud_properties, p.cpi
       from persistent_disks p
       join instances i on i.id = p.instance_id
       join deployments d on d.id = i.deployment_id
      where p.id = $1
     returning id`,
    [diskId],
  );
  const orphanId = rows[0]?.id;
  await sql.query('update snapshots set orphan_disk_id = $2, persistent_disk_id = null where persistent_disk_id = $1', [
    diskId,
    orphanId,
  ]);
  await sql.query('delete from persistent_disks where id = $1', [diskId]);
}

/** Makes an orphan a disk of this instance, with its snapshots; it is not active yet. Call within a transaction. */
export async function adoptOrphanDisk(sql: Sql, orphanId: number, instanceId: number): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into persistent_disks (instance_id, cid, name, size_mib, cloud_properties, cpi)
     select $2, cid, '', size_mib, cloud_properties, cpi from orphan_disks where id = $1 returning id`,
    [orphanId, instanceId],
  );
  const diskId = Number(rows[0]?.id);
  await sql.query('update snapshots set persistent_disk_id = $2, orphan_disk_id = null where orphan_disk_id = $1', [
    orphanId,
    diskId,
  ]);
  await forgetOrphanDisk(sql, orphanId);
  return diskId;
}

export async function deleteDiskRow(sql: Sql, diskId: number): Promise<void> {
  await sql.query('delete from persistent_disks where id = $1', [diskId]);
}

export async function isActiveDisk(sql: Sql, cid: string): Promise<boolean> {
  const { rows } = await sql.query('select 1 from persistent_disks where cid = $1', [cid]);
  return rows.length > 0;
}

export interface AttachedDisk {
  readonly id: number;
  readonly cpi: string;
  readonly deployment: string;
  /** `redis/<uuid>` */
  readonly instance: string;
  readonly vm: { readonly cid: VmCid; readonly agentId: string } | null;
}

interface AttachedDiskRow {
  readonly id: string;
  readonly cpi: string;
  readonly deployment: string;
  readonly instance: string;
  readonly vm_cid: string | null;
  readonly agent_id: string | null;
}

/** A disk that belongs to an instance, with the VM that it is attached to. */
export async function findAttachedDisk(sql: Sql, cid: string): Promise<AttachedDisk | undefined> {
  const { rows } = await sql.query<AttachedDiskRow>(
    `select p.id, p.cpi, d.name as deployment, i.instance_group || '/' || i.uuid as instance, v.cid as vm_cid, v.agent_id
       from persistent_disks p
       join instances i on i.id = p.instance_id
       join deployments d on d.id = i.deployment_id
       left join vms v on v.instance_id = i.id and v.active
      where p.cid = $1`,
    [cid],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const vm = row.vm_cid === null || row.agent_id === null ? null : { cid: vmCid(row.vm_cid), agentId: row.agent_id };
  return { id: Number(row.id), cpi: row.cpi, deployment: row.deployment, instance: row.instance, vm };
}

export async function listOrphanDisks(sql: Sql): Promise<OrphanDisk[]> {
  const { rows } = await sql.query<OrphanDiskRow>('select * from orphan_disks order by orphaned_at desc, id desc');
  return rows.map(toOrphanDisk);
}

export async function findOrphanDisk(sql: Sql, cid: string): Promise<OrphanDisk | undefined> {
  const { rows } = await sql.query<OrphanDiskRow>('select * from orphan_disks where cid = $1', [cid]);
  return rows[0] && toOrphanDisk(rows[0]);
}

export async function forgetOrphanDisk(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from orphan_disks where id = $1', [id]);
}

function toOrphanDisk(row: OrphanDiskRow): OrphanDisk {
  return {
    id: Number(row.id),
    cid: row.cid,
    sizeMib: row.size_mib,
    az: row.az,
    deploymentName: row.deployment_name,
    instanceName: row.instance_name,
    cloudProperties: row.cloud_properties,
    cpi: row.cpi,
    orphanedAt: row.orphaned_at,
  };
}
