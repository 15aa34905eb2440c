import { compareVersions } from '@boti/release';
import type { Sql } from '../database/sql.ts';
import type { StemcellSnapshot } from '../planner/snapshot.ts';

export interface StemcellUse extends StemcellSnapshot {
  /** Names of the deployments that use it. */
  readonly deployments: readonly string[];
}

interface StemcellRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly operating_system: string;
  readonly cid: string;
  readonly cpi: string;
  readonly api_version: number | null;
  readonly compile_key: string | null;
  readonly deployments: readonly string[];
}

const selectStemcells = `
  select s.*, coalesce((select jsonb_agg(d.name order by d.name) from deployments_stemcells ds
                          join deployments d on d.id = ds.deployment_id where ds.stemcell_id = s.id), '[]') as deployments
    from stemcells s`;

/** Every uploaded stemcell, one row a CPI; by name, versions ascending. */
export async function listStemcells(sql: Sql): Promise<StemcellUse[]> {
  const { rows } = await sql.query<StemcellRow>(`${selectStemcells} order by s.name, s.id`);
  return rows
    .map(toStemcell)
    .sort((a, b) => (a.name === b.name ? compareVersions(a.version, b.version) : a.name < b.name ? -1 : 1));
}

export async function stemcellSnapshots(sql: Sql): Promise<StemcellSnapshot[]> {
  return listStemcells(sql);
}

/** The rows of one stemcell: one for each CPI that has it. */
export async function findStemcells(sql: Sql, name: string, version: string): Promise<StemcellUse[]> {
  const { rows } = await sql.query<StemcellRow>(`${selectStemcells} where s.name = $1 and s.version = $2`, [
    name,
    version,
  ]);
  return rows.map(toStemcell);
}

/** Stores a stemcell under its CPI; one that was there before is replaced (`--fix`). */
export async function saveStemcell(sql: Sql, stemcell: Omit<StemcellSnapshot, 'id'>): Promise<void> {
  await sql.query(
    `insert into stemcells (name, version, operating_system, cid, cpi, api_version, compile_key) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (name, version, cpi) do update
       set operating_system = excluded.operating_system, cid = excluded.cid, api_version = excluded.api_version,
           compile_key = excluded.compile_key`,
    [
      stemcell.name,
      stemcell.version,
      stemcell.operatingSystem,
      stemcell.cid,
      stemcell.cpi,
      stemcell.apiVersion,
      stemcell.compileKey,
    ],
  );
}

export async function deleteStemcellRow(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from stemcells where id = $1', [id]);
}

function toStemcell(row: StemcellRow): StemcellUse {
  return {
    id: Number(row.id),
    name: row.name,
    version: row.version,
    operatingSystem: row.operating_system,
    cid: row.cid,
    cpi: row.cpi,
    apiVersion: row.api_version,
    compileKey: row.compile_key,
    deployments: row.deployments,
  };
}
