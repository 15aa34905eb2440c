import type { Sql } from '../database/sql.ts';
import type {
  AddressSnapshot,
  DesiredState,
  DiskSnapshot,
  InstanceSnapshot,
  StoredSpec,
  VmSnapshot,
} from '../planner/snapshot.ts';

/** An instance with its active VM, disks and addresses; `agent` is null: asking it is not the store's business. */
export type StoredInstance = InstanceSnapshot & { readonly lifecycle: 'service' | 'errand' };

export interface NewInstance {
  readonly deploymentId: number;
  readonly group: string;
  readonly index: number;
  readonly uuid: string;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly lifecycle: 'service' | 'errand';
  readonly state: DesiredState;
  /** Stands for a compilation VM. */
  readonly compilation?: boolean;
}

interface InstanceRow {
  readonly id: string;
  readonly uuid: string;
  readonly instance_group: string;
  readonly index: number;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly state: DesiredState;
  readonly lifecycle: 'service' | 'errand';
  readonly ignore: boolean;
  readonly update_completed: boolean;
  readonly spec: StoredSpec | null;
  readonly vm: VmRow | null;
  readonly disks: readonly DiskRow[];
  readonly addresses: readonly AddressRow[];
  readonly deployment: string;
}

interface VmRow {
  readonly id: number;
  readonly cid: string;
  readonly agent_id: string;
  readonly cpi: string;
  readonly stemcell_name: string;
  readonly stemcell_version: string;
  readonly stemcell_api_version: number | null;
  readonly env: Readonly<Record<string, unknown>>;
  readonly cloud_properties: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

interface DiskRow {
  readonly id: number;
  readonly cid: string;
  readonly name: string;
  readonly size_mib: number;
  readonly cloud_properties: Readonly<Record<string, unknown>>;
  readonly active: boolean;
  readonly cpi: string;
}

interface AddressRow {
  readonly address: string;
  readonly network_name: string;
  readonly static: boolean;
}

const selectInstances = `
  select i.id, i.uuid, i.instance_group, i.index, i.az, i.bootstrap, i.state, i.lifecycle, i.ignore,
         i.update_completed, i.spec, d.name as deployment,
         (select to_jsonb(v) from vms v where v.instance_id = i.id and v.active) as vm,
         coalesce((select jsonb_agg(p order by p.id) from persistent_disks p where p.instance_id = i.id), '[]') as disks,
         coalesce((select jsonb_agg(jsonb_build_object('address', host(a.address), 'network_name', a.network_name,
                                                       'static', a.static) order by a.address)
                     from ip_addresses a where a.instance_id = i.id), '[]') as addresses
    from instances i join deployments d on d.id = i.deployment_id`;

export async function instancesOf(sql: Sql, deploymentId: number): Promise<StoredInstance[]> {
  const text = `${selectInstances} where i.deployment_id = $1 order by i.instance_group, i.index, i.uuid`;
  const { rows } = await sql.query<InstanceRow>(text, [deploymentId]);
  return rows.map(toInstance);
}

/** The instances that the manifest names: not those of compilation VMs which an interrupted task left. */
export async function manifestInstancesOf(sql: Sql, deploymentId: number): Promise<StoredInstance[]> {
  const text = `${selectInstances} where i.deployment_id = $1 and not i.compilation order by i.instance_group, i.index, i.uuid`;
  const { rows } = await sql.query<InstanceRow>(text, [deploymentId]);
  return rows.map(toInstance);
}

export async function findInstance(sql: Sql, id: number): Promise<StoredInstance | undefined> {
  const { rows } = await sql.query<InstanceRow>(`${selectInstances} where i.id = $1`, [id]);
  return rows[0] && toInstance(rows[0]);
}

export async function insertInstance(sql: Sql, instance: NewInstance): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into instances (deployment_id, instance_group, index, uuid, az, bootstrap, lifecycle, state, compilation)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
    [
      instance.deploymentId,
      instance.group,
      instance.index,
      instance.uuid,
      instance.az,
      instance.bootstrap,
      instance.lifecycle,
      instance.state,
      instance.compilation ?? false,
    ],
  );
  return Number(rows[0]?.id);
}

/** What placement decided for an instance that exists already. */
export async function placeInstance(
  sql: Sql,
  id: number,
  placement: Pick<NewInstance, 'group' | 'index' | 'az' | 'bootstrap' | 'lifecycle'>,
): Promise<void> {
  await sql.query(
    `update instances set instance_group = $2, index = $3, az = $4, bootstrap = $5, lifecycle = $6
      where id = $1`,
    [id, placement.group, placement.index, placement.az, placement.bootstrap, placement.lifecycle],
  );
}

/** From here on the instance is dirty: whatever happens, the next deploy updates it again. */
export async function beginUpdate(sql: Sql, id: number): Promise<void> {
  await sql.query('update instances set update_completed = false where id = $1', [id]);
}

export async function completeUpdate(sql: Sql, id: number, state: DesiredState): Promise<void> {
  await sql.query('update instances set update_completed = true, state = $2 where id = $1', [id, state]);
}

export async function saveSpec(sql: Sql, id: number, spec: StoredSpec): Promise<void> {
  await sql.query('update instances set spec = $2 where id = $1', [id, JSON.stringify(spec)]);
}

export async function saveState(sql: Sql, id: number, state: DesiredState): Promise<void> {
  await sql.query('update instances set state = $2 where id = $1', [id, state]);
}

export async function saveIgnore(sql: Sql, id: number, ignore: boolean): Promise<void> {
  await sql.query('update instances set ignore = $2 where id = $1', [id, ignore]);
}

export async function deleteInstanceRow(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from instances where id = $1', [id]);
}

/** Instances of compilation VMs, once those are gone. */
export async function deleteCompilationRows(sql: Sql, deploymentId: number): Promise<void> {
  await sql.query('delete from instances where deployment_id = $1 and compilation', [deploymentId]);
}

function toInstance(row: InstanceRow): StoredInstance {
  return {
    id: Number(row.id),
    uuid: row.uuid,
    group: row.instance_group,
    index: row.index,
    az: row.az,
    bootstrap: row.bootstrap,
    state: row.state,
    lifecycle: row.lifecycle,
    ignore: row.ignore,
    updateCompleted: row.update_completed,
    spec: row.spec,
    vm: row.vm && toVm(row.vm),
    disks: row.disks.map(toDisk),
    addresses: row.addresses.map((address) => toAddress(address, row)),
    agent: null,
  };
}

function toVm(row: VmRow): VmSnapshot {
  return {
    id: row.id,
    cid: row.cid,
    agentId: row.agent_id,
    cpi: row.cpi,
    stemcell: { name: row.stemcell_name, version: row.stemcell_version, apiVersion: row.stemcell_api_version },
    env: row.env,
    cloudProperties: row.cloud_properties,
    createdAt: new Date(row.created_at),
  };
}

function toDisk(row: DiskRow): DiskSnapshot {
  return {
    id: row.id,
    cid: row.cid,
    name: row.name,
    sizeMib: row.size_mib,
    cloudProperties: row.cloud_properties,
    active: row.active,
    cpi: row.cpi,
  };
}

function toAddress(row: AddressRow, instance: InstanceRow): AddressSnapshot {
  return {
    address: row.address,
    network: row.network_name,
    static: row.static,
    deployment: instance.deployment,
    instanceUuid: instance.uuid,
  };
}
