import type { Sql } from '../database/sql.ts';

/** What the last wholly successful run of an errand ran with; '' when there was none, or one is under way. */
export async function successfulHash(sql: Sql, deploymentId: number, errand: string): Promise<string> {
  const { rows } = await sql.query<{ successful_hash: string }>(
    'select successful_hash from errand_runs where deployment_id = $1 and errand_name = $2',
    [deploymentId, errand],
  );
  return rows[0]?.successful_hash ?? '';
}

export async function saveSuccessfulHash(sql: Sql, deploymentId: number, errand: string, hash: string): Promise<void> {
  await sql.query(
    `insert into errand_runs (deployment_id, errand_name, successful_hash) values ($1, $2, $3)
     on conflict (deployment_id, errand_name) do update set successful_hash = excluded.successful_hash`,
    [deploymentId, errand, hash],
  );
}
