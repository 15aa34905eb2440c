import type { Sql } from '../database/sql.ts';

export interface NewVm {
  readonly instanceId: number;
  readonly cid: string;
  readonly agentId: string;
  readonly cpi: string;
  readonly stemcell: { readonly name: string; readonly version: string; readonly apiVersion: number | null };
  readonly env: Readonly<Record<string, unknown>>;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
}

/** A VM that the Director knows, whatever its instance. */
export interface StoredVm {
  readonly id: number;
  readonly cid: string;
  readonly agentId: string;
  readonly cpi: string;
  readonly active: boolean;
  readonly instanceId: number;
}

interface VmRow {
  readonly id: string;
  readonly cid: string;
  readonly agent_id: string;
  readonly cpi: string;
  readonly active: boolean;
  readonly instance_id: string;
}

/** A new VM is not active yet: it becomes so once its agent has answered. */
export async function insertVm(sql: Sql, vm: NewVm): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into vms (instance_id, cid, agent_id, cpi, stemcell_name, stemcell_version, stemcell_api_version, env,
                      cloud_properties, permanent_nats_credentials)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true) returning id`,
    [
      vm.instanceId,
      vm.cid,
      vm.agentId,
      vm.cpi,
      vm.stemcell.name,
      vm.stemcell.version,
      vm.stemcell.apiVersion,
      JSON.stringify(vm.env),
      JSON.stringify(vm.cloudProperties),
    ],
  );
  return Number(rows[0]?.id);
}

/** Makes this the instance's VM, and any other of its VMs inactive. Call within a transaction. */
export async function electActiveVm(sql: Sql, instanceId: number, vmId: number): Promise<void> {
  await sql.query('update vms set active = false where instance_id = $1 and id <> $2', [instanceId, vmId]);
  await sql.query('update vms set active = true where id = $1', [vmId]);
}

/** A VM that is about to be deleted is no longer its instance's: what a crash leaves of it is a VM to be deleted. */
export async function deactivateVm(sql: Sql, vmId: number): Promise<void> {
  await sql.query('update vms set active = false where id = $1', [vmId]);
}

export async function deleteVmRow(sql: Sql, vmId: number): Promise<void> {
  await sql.query('delete from vms where id = $1', [vmId]);
}

/** VMs that never came to life, were being deleted, or compiled packages, when a task was cut short. */
export async function leftVmsOf(sql: Sql, deploymentId: number): Promise<StoredVm[]> {
  const { rows } = await sql.query<VmRow>(
    `select v.* from vms v join instances i on i.id = v.instance_id
      where i.deployment_id = $1 and (not v.active or i.compilation) order by v.id`,
    [deploymentId],
  );
  return rows.map(toVm);
}

export async function inactiveVmsOfInstance(sql: Sql, instanceId: number): Promise<StoredVm[]> {
  const { rows } = await sql.query<VmRow>('select * from vms where instance_id = $1 and not active order by id', [
    instanceId,
  ]);
  return rows.map(toVm);
}

export async function vmsOfInstance(sql: Sql, instanceId: number): Promise<StoredVm[]> {
  const { rows } = await sql.query<VmRow>('select * from vms where instance_id = $1 order by id', [instanceId]);
  return rows.map(toVm);
}

export async function findVmByCid(sql: Sql, cid: string): Promise<StoredVm | undefined> {
  const { rows } = await sql.query<VmRow>('select * from vms where cid = $1', [cid]);
  return rows[0] && toVm(rows[0]);
}

/** The agents that may talk on the bus. */
export async function allAgentIds(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ agent_id: string }>(
    `select agent_id from vms
     union select agent_id from cloud_creations where agent_id is not null
     order by agent_id`,
  );
  return rows.map((row) => row.agent_id);
}

function toVm(row: VmRow): StoredVm {
  return {
    id: Number(row.id),
    cid: row.cid,
    agentId: row.agent_id,
    cpi: row.cpi,
    active: row.active,
    instanceId: Number(row.instance_id),
  };
}
