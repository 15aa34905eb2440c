import type { Sql } from '../database/sql.ts';

export interface NewProblem {
  readonly type: string;
  /** An instance's row, or a disk's. */
  readonly resourceId: number;
  readonly instanceGroup: string;
  readonly description: string;
}

export interface StoredProblem extends NewProblem {
  readonly id: number;
}

interface ProblemRow {
  readonly id: string;
  readonly type: string;
  readonly resource_id: string;
  readonly instance_group: string;
  readonly description: string;
}

export async function insertProblem(sql: Sql, deploymentId: number, problem: NewProblem): Promise<void> {
  await sql.query(
    'insert into problems (deployment_id, type, resource_id, instance_group, description) values ($1, $2, $3, $4, $5)',
    [deploymentId, problem.type, problem.resourceId, problem.instanceGroup, problem.description],
  );
}

export async function openProblems(sql: Sql, deploymentId: number): Promise<StoredProblem[]> {
  const { rows } = await sql.query<ProblemRow>(
    "select * from problems where deployment_id = $1 and state = 'open' order by id",
    [deploymentId],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    type: row.type,
    resourceId: Number(row.resource_id),
    instanceGroup: row.instance_group,
    description: row.description,
  }));
}

/** What the last scan found is no longer of interest to the next one. */
export async function closeProblems(sql: Sql, deploymentId: number): Promise<void> {
  await sql.query("update problems set state = 'closed' where deployment_id = $1 and state = 'open'", [deploymentId]);
}

export async function markResolved(sql: Sql, id: number): Promise<void> {
  await sql.query("update problems set state = 'resolved' where id = $1", [id]);
}
