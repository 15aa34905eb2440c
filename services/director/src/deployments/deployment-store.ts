import type { Sql } from '../database/sql.ts';
import { DeploymentNotFound } from '../errors.ts';

export interface Deployment {
  readonly id: number;
  readonly name: string;
  readonly teams: readonly string[];
  /** As the client sent it; null until a deploy has succeeded. */
  readonly manifestText: string | null;
  /** The same with versions resolved: what diffs and state changes start from. */
  readonly manifest: string | null;
}

interface DeploymentRow {
  readonly id: string;
  readonly name: string;
  readonly teams: readonly string[];
  readonly manifest_text: string | null;
  readonly manifest: string | null;
}

export async function findDeployment(sql: Sql, name: string): Promise<Deployment | undefined> {
  const { rows } = await sql.query<DeploymentRow>('select * from deployments where name = $1', [name]);
  return rows[0] && toDeployment(rows[0]);
}

export async function requireDeployment(sql: Sql, name: string): Promise<Deployment> {
  const deployment = await findDeployment(sql, name);
  if (deployment === undefined) throw new DeploymentNotFound(name);
  return deployment;
}

/** Makes the row before the task is queued, so that a first deploy that fails can be deleted. */
export async function ensureDeployment(sql: Sql, name: string, teams: readonly string[]): Promise<Deployment> {
  await sql.query('insert into deployments (name, teams) values ($1, $2) on conflict (name) do nothing', [
    name,
    JSON.stringify(teams),
  ]);
  return requireDeployment(sql, name);
}

export interface DeployedState {
  readonly manifestText: string;
  readonly manifest: string;
  readonly configIds: readonly number[];
  readonly releaseVersionIds: readonly number[];
  readonly stemcellIds: readonly number[];
}

/** What a successful deploy leaves behind. Call within a transaction. */
export async function saveDeployed(sql: Sql, deploymentId: number, state: DeployedState): Promise<void> {
  await sql.query('update deployments set manifest_text = $2, manifest = $3 where id = $1', [
    deploymentId,
    state.manifestText,
    state.manifest,
  ]);
  await replaceReferences(sql, 'configs', 'config_id', deploymentId, state.configIds);
  await replaceReferences(sql, 'release_versions', 'release_version_id', deploymentId, state.releaseVersionIds);
  await replaceReferences(sql, 'stemcells', 'stemcell_id', deploymentId, state.stemcellIds);
}

/** Holds releases and stemcells from the moment a deploy starts to use them, so that nobody deletes them under it. */
export async function addReferences(
  sql: Sql,
  deploymentId: number,
  references: Pick<DeployedState, 'releaseVersionIds' | 'stemcellIds'>,
): Promise<void> {
  await addRows(sql, 'release_versions', 'release_version_id', deploymentId, references.releaseVersionIds);
  await addRows(sql, 'stemcells', 'stemcell_id', deploymentId, references.stemcellIds);
}

export async function deploymentConfigIds(sql: Sql, deploymentId: number): Promise<number[]> {
  const { rows } = await sql.query<{ config_id: string }>(
    'select config_id from deployments_configs where deployment_id = $1 order by config_id',
    [deploymentId],
  );
  return rows.map((row) => Number(row.config_id));
}

export async function deleteDeploymentRow(sql: Sql, deploymentId: number): Promise<void> {
  await sql.query('delete from deployments where id = $1', [deploymentId]);
}

type ReferenceTable = 'configs' | 'release_versions' | 'stemcells';

async function replaceReferences(
  sql: Sql,
  table: ReferenceTable,
  column: string,
  deploymentId: number,
  ids: readonly number[],
): Promise<void> {
  await sql.query(`delete from deployments_${table} where deployment_id = $1 and not ${column} = any($2)`, [
    deploymentId,
    ids,
  ]);
  await addRows(sql, table, column, deploymentId, ids);
}

async function addRows(
  sql: Sql,
  table: ReferenceTable,
  column: string,
  deploymentId: number,
  ids: readonly number[],
): Promise<void> {
  await sql.query(
    `insert into deployments_${table} (deployment_id, ${column})
     select $1, unnest($2::bigint[]) on conflict do nothing`,
    [deploymentId, ids],
  );
}

function toDeployment(row: DeploymentRow): Deployment {
  return {
    id: Number(row.id),
    name: row.name,
    teams: row.teams,
    manifestText: row.manifest_text,
    manifest: row.manifest,
  };
}
