import type { Sql } from '../database/sql.ts';

/** One version of a cloud, runtime, CPI or other config. */
export interface StoredConfig {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly team: string | null;
  readonly createdAt: Date;
  readonly isDeleted: boolean;
  /** True for the newest version that is not deleted. */
  readonly isCurrent: boolean;
}

interface ConfigRow {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly team: string | null;
  readonly created_at: Date;
  readonly deleted: boolean;
  readonly current: boolean;
}

export interface NewConfig {
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly team: string | null;
}

const selectConfigs = `
  select c.*, not c.deleted and c.id = (select max(n.id) from configs n
                                         where n.type = c.type and n.name = c.name and not n.deleted) as current
    from configs c`;

export async function insertConfig(sql: Sql, config: NewConfig): Promise<StoredConfig> {
  const { rows } = await sql.query<ConfigRow>(
    'insert into configs (type, name, content, team) values ($1, $2, $3, $4) returning *, true as current',
    [config.type, config.name, config.content, config.team],
  );
  return toConfig(rows[0] as ConfigRow);
}

/** Keeps two updates of the same config apart until the transaction ends. */
export async function lockConfig(sql: Sql, type: string, name: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [`${type}/${name}`]);
}

export async function findConfig(sql: Sql, id: number): Promise<StoredConfig | undefined> {
  const { rows } = await sql.query<ConfigRow>(`${selectConfigs} where c.id = $1 and not c.deleted`, [id]);
  return rows[0] && toConfig(rows[0]);
}

export async function latestConfig(sql: Sql, type: string, name: string): Promise<StoredConfig | undefined> {
  const [latest] = await listConfigs(sql, { type, name, limit: 1 });
  return latest;
}

export interface ConfigFilter {
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  /** Newest versions of each config; absent is all. */
  readonly limit?: number | undefined;
}

/** By type, then name (`default` first), newest first. */
export async function listConfigs(sql: Sql, { type, name, limit }: ConfigFilter): Promise<StoredConfig[]> {
  const { rows } = await sql.query<ConfigRow>(
    `select * from (
       select c.*, row_number() over (partition by type, name order by id desc) as age,
              c.id = max(id) over (partition by type, name) as current
         from configs c
        where not deleted and ($1::text is null or type = $1) and ($2::text is null or name = $2)) versions
      where $3::bigint is null or age <= $3
      order by type, name <> 'default', name, id desc`,
    [type ?? null, name ?? null, limit ?? null],
  );
  return rows.map(toConfig);
}

/** What a deployment of these teams is planned with: the newest of each name, global ones and the teams' own. */
export async function currentConfigs(sql: Sql, type: string, teams: readonly string[]): Promise<StoredConfig[]> {
  const all = await listConfigs(sql, { type, limit: 1 });
  return all.filter(({ team }) => team === null || teams.includes(team)).sort((a, b) => a.id - b.id);
}

/** Configs by id, deleted ones too: a deployment may still use them. */
export async function configContents(sql: Sql, ids: readonly number[]): Promise<StoredConfig[]> {
  const { rows } = await sql.query<ConfigRow>(`${selectConfigs} where c.id = any($1) order by c.id`, [ids]);
  return rows.map(toConfig);
}

export async function deleteConfig(sql: Sql, id: number): Promise<void> {
  await sql.query('update configs set deleted = true where id = $1', [id]);
}

/** Deletes every version. */
export async function deleteConfigs(sql: Sql, type: string, name: string): Promise<void> {
  await sql.query('update configs set deleted = true where type = $1 and name = $2', [type, name]);
}

function toConfig(row: ConfigRow): StoredConfig {
  return {
    id: Number(row.id),
    type: row.type,
    name: row.name,
    content: row.content,
    team: row.team,
    createdAt: row.created_at,
    isDeleted: row.deleted,
    isCurrent: row.current,
  };
}
