import type { Sql } from '../database/sql.ts';

/** An instance, or one of its VMs, as short lists show it. */
export interface InstanceView {
  readonly id: number;
  readonly uuid: string;
  readonly group: string;
  readonly index: number;
  readonly az: string | null;
  readonly state: string;
  readonly lifecycle: string;
  readonly ips: readonly string[];
  readonly diskCids: readonly string[];
  readonly vm: VmView | null;
}

export interface VmView {
  readonly cid: string;
  readonly agentId: string;
  readonly active: boolean;
  readonly permanentNatsCredentials: boolean;
  readonly createdAt: Date;
}

interface InstanceViewRow {
  readonly id: string;
  readonly uuid: string;
  readonly instance_group: string;
  readonly index: number;
  readonly az: string | null;
  readonly state: string;
  readonly lifecycle: string;
  readonly ips: readonly string[];
  readonly disk_cids: readonly string[];
  readonly cid: string | null;
  readonly agent_id: string;
  readonly active: boolean;
  readonly permanent_nats_credentials: boolean;
  readonly vm_created_at: Date;
}

const columns = `
  i.id, i.uuid, i.instance_group, i.index, i.az, i.state, i.lifecycle,
  coalesce((select jsonb_agg(host(a.address) order by a.address) from ip_addresses a where a.instance_id = i.id), '[]')
    as ips,
  coalesce((select jsonb_agg(p.cid order by p.id) from persistent_disks p where p.instance_id = i.id), '[]') as disk_cids,
  v.cid, v.agent_id, v.active, v.permanent_nats_credentials, v.created_at as vm_created_at`;

/** Every instance of the deployment, with its active VM. */
export async function instanceViews(sql: Sql, deployment: string): Promise<InstanceView[]> {
  const { rows } = await sql.query<InstanceViewRow>(
    `select ${columns} from instances i join deployments d on d.id = i.deployment_id
       left join vms v on v.instance_id = i.id and v.active
      where d.name = $1 order by i.instance_group, i.index, i.id`,
    [deployment],
  );
  return rows.map(toView);
}

/** Every VM of the deployment, those that are not active too. */
export async function vmViews(sql: Sql, deployment: string): Promise<InstanceView[]> {
  const { rows } = await sql.query<InstanceViewRow>(
    `select ${columns} from vms v join instances i on i.id = v.instance_id join deployments d on d.id = i.deployment_id
      where d.name = $1 order by i.instance_group, i.index, v.id`,
    [deployment],
  );
  return rows.map(toView);
}

export interface SnapshotView {
  readonly group: string;
  readonly index: number;
  readonly uuid: string;
  readonly cid: string;
  readonly clean: boolean;
  readonly createdAt: Date;
}

export async function snapshotViews(sql: Sql, deployment: string): Promise<SnapshotView[]> {
  const { rows } = await sql.query<{
    instance_group: string;
    index: number;
    uuid: string;
    cid: string;
    clean: boolean;
    created_at: Date;
  }>(
    `select i.instance_group, i.index, i.uuid, s.cid, s.clean, s.created_at from snapshots s
       join persistent_disks p on p.id = s.persistent_disk_id join instances i on i.id = p.instance_id
       join deployments d on d.id = i.deployment_id
      where d.name = $1 order by i.instance_group, i.index, s.id`,
    [deployment],
  );
  return rows.map(({ instance_group: group, created_at: createdAt, ...row }) => ({ ...row, group, createdAt }));
}

function toView(row: InstanceViewRow): InstanceView {
  return {
    id: Number(row.id),
    uuid: row.uuid,
    group: row.instance_group,
    index: row.index,
    az: row.az,
    state: row.state,
    lifecycle: row.lifecycle,
    ips: row.ips,
    diskCids: row.disk_cids,
    vm:
      row.cid === null
        ? null
        : {
            cid: row.cid,
            agentId: row.agent_id,
            active: row.active,
            permanentNatsCredentials: row.permanent_nats_credentials,
            createdAt: row.vm_created_at,
          },
  };
}
