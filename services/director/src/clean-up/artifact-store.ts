import type { Sql } from '../database/sql.ts';

export interface CompiledArtifact {
  readonly id: number;
  readonly packageName: string;
  readonly stemcellOs: string;
  readonly stemcellVersion: string;
  readonly blobstoreId: string;
}

/** Compiled forms of packages for exactly these stemcells (`os/version`). */
export async function compiledPackagesFor(sql: Sql, stemcells: readonly string[]): Promise<CompiledArtifact[]> {
  const { rows } = await sql.query<{
    id: string;
    name: string;
    stemcell_os: string;
    stemcell_version: string;
    blobstore_id: string;
  }>(
    `select c.id, p.name, c.stemcell_os, c.stemcell_version, c.blobstore_id
       from compiled_packages c join packages p on p.id = c.package_id
      where c.stemcell_os || '/' || c.stemcell_version = any($1) order by c.id`,
    [stemcells],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    packageName: row.name,
    stemcellOs: row.stemcell_os,
    stemcellVersion: row.stemcell_version,
    blobstoreId: row.blobstore_id,
  }));
}

export async function deleteCompiledPackage(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from compiled_packages where id = $1', [id]);
}

/** Those that have not been deleted meanwhile. */
export async function stillThere(sql: Sql, compiled: readonly CompiledArtifact[]): Promise<CompiledArtifact[]> {
  const { rows } = await sql.query<{ id: string }>('select id from compiled_packages where id = any($1)', [
    compiled.map(({ id }) => id),
  ]);
  const ids = new Set(rows.map(({ id }) => Number(id)));
  return compiled.filter(({ id }) => ids.has(id));
}
