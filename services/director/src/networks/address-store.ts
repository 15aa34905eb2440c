import { ExpectedError } from '@boti/core';
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

/**
 * Takes an address for an instance, or (null) for what the task will make. Throws AddressTaken when somebody was faster.
 * What the task has reserved it may give to an instance.
 */
export async function reserveAddress(
  sql: Sql,
  instanceId: number | null,
  taskId: number,
  wanted: Reservation,
): Promise<void> {
  const { rowCount } = await sql.query(
    `insert into ip_addresses (address, network_name, static, instance_id, task_id) values ($1, $2, $3, $4, $5)
     on conflict (address) do update
       set network_name = excluded.network_name, static = excluded.static, instance_id = excluded.instance_id
       where ip_addresses.instance_id = excluded.instance_id
          or (ip_addresses.instance_id is null and ip_addresses.task_id = excluded.task_id)`,
    [wanted.address, wanted.network, wanted.static, instanceId, taskId],
  );
  if (rowCount !== 1) throw new AddressTaken(wanted.address);
}

/** The task has these again for the next thing that it makes. */
export async function returnAddresses(sql: Sql, instanceId: number, taskId: number): Promise<void> {
  await sql.query('update ip_addresses set instance_id = null, task_id = $2 where instance_id = $1', [
    instanceId,
    taskId,
  ]);
}

/** Frees what was reserved for a task, and for tasks that were cut off, and never came to an instance. */
export async function releaseReservations(sql: Sql, taskId: number): Promise<void> {
  await sql.query(
    `delete from ip_addresses a
      where a.instance_id is null
        and (a.task_id = $1 or not exists (select 1 from tasks t
                                            where t.id = a.task_id and t.state in ('processing', 'cancelling')))`,
    [taskId],
  );
}

/** Somebody else took the address between planning and reserving: plan again. */
export class AddressTaken extends ExpectedError {
  readonly address: string;

  constructor(address: string) {
    super(`Address ${address} was taken by another deployment while this one was planned`, { hint: 'Try again.' });
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
