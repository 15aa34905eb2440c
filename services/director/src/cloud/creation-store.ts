import type { Sql } from '../database/sql.ts';

export type CreationKind = 'vm' | 'disk' | 'snapshot' | 'stemcell';

/** Something that a CPI was asked to make and whose cid has not been stored yet. */
export interface Creation {
  readonly id: string;
  readonly kind: CreationKind;
  readonly cpi: string;
  readonly agentId: string | null;
  readonly deployment: string | null;
  readonly instance: string | null;
  readonly taskId: number;
}

interface CreationRow {
  readonly id: string;
  readonly kind: CreationKind;
  readonly cpi: string;
  readonly agent_id: string | null;
  readonly deployment_name: string | null;
  readonly instance: string | null;
  readonly task_id: string;
}

export async function beginCreation(sql: Sql, creation: Creation): Promise<void> {
  await sql.query(
    `insert into cloud_creations (id, kind, cpi, agent_id, deployment_name, instance, task_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      creation.id,
      creation.kind,
      creation.cpi,
      creation.agentId,
      creation.deployment,
      creation.instance,
      creation.taskId,
    ],
  );
}

/** The result is stored, or the CPI said that nothing was made. */
export async function endCreation(sql: Sql, id: string): Promise<void> {
  await sql.query('delete from cloud_creations where id = $1', [id]);
}

/** Creations whose task is no longer running: a crash cut them off. */
export async function abandonedCreations(sql: Sql): Promise<Creation[]> {
  const { rows } = await sql.query<CreationRow>(
    `select c.* from cloud_creations c left join tasks t on t.id = c.task_id
      where t.id is null or t.state not in ('processing', 'cancelling') order by c.created_at`,
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    cpi: row.cpi,
    agentId: row.agent_id,
    deployment: row.deployment_name,
    instance: row.instance,
    taskId: Number(row.task_id),
  }));
}
