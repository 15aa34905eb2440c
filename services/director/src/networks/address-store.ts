import type { Sql } from '../database/sql.ts';
import type { AddressSnapshot } from '../planner/snapshot.ts';

interface AddressRow {
  readonly address: string;
  readonly network_name: string;
  readonly static: boolean;
  readonly deployment: string | null;
  readonly uuid: string | null;
}

/** Every address in use at this Director. */
export async function allAddresses(sql: Sql): Promise<AddressSnapshot[]> {
  const { rows } = await sql.query<AddressRow>(
    `select host(a.address) as address, a.network_name, a.static, d.name as deployment, i.uuid
       from ip_addresses a
       left join instances i on i.id = a.instance_id
       left join deployments d on d.id = i.deployment_id
      order by a.address`,
  );
  return rows.map((row) => ({
    address: row.address,
    network: row.network_name,
    static: row.static,
    deployment: row.deployment,
    instanceUuid: row.uuid,
  }));
}

export interface Reservation {
  readonly address: string;
  readonly network: string;
  readonly static: boolean;
}

/** Takes an address for an instance. Throws the database's unique violation (23505) when somebody was faster. */
export async function reserveAddress(sql: Sql, instanceId: number, taskId: number, wanted: Reservation): Promise<void> {
  await sql.query(
    `insert into ip_addresses (address, network_name, static, instance_id, task_id) values ($1, $2, $3, $4, $5)
     on conflict (address) do update
       set network_name = excluded.network_name, static = excluded.static
       where ip_addresses.instance_id = excluded.instance_id`,
    [wanted.address, wanted.network, wanted.static, instanceId, taskId],
  );
  const { rows } = await sql.query<{ instance_id: string | null }>(
    'select instance_id from ip_addresses where address = $1',
    [wanted.address],
  );
  if (Number(rows[0]?.instance_id) !== instanceId) throw new AddressTaken(wanted.address);
}

/** Somebody else took the address between planning and reserving: plan again. */
export class AddressTaken extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`Address ${address} was taken while the deployment was planned`);
    this.name = 'AddressTaken';
    this.address = address;
  }
}

/** Gives back the addresses of an instance but those it keeps. */
export async function releaseAddresses(sql: Sql, instanceId: number, keep: readonly string[]): Promise<void> {
  await sql.query('delete from ip_addresses where instance_id = $1 and not host(address) = any($2)', [
    instanceId,
    keep,
  ]);
}
