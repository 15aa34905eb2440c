import type { Sql } from '../database/sql.ts';
import type { ReleasePackage } from '../planner/snapshot.ts';

export interface PackageRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly blobstore_id: string | null;
  readonly sha1: string | null;
  readonly dependencies: readonly string[];
}

export type NewPackage = Omit<ReleasePackage, 'id'> & { readonly releaseId: number };

export async function findPackage(
  sql: Sql,
  wanted: { readonly releaseId: number; readonly name: string; readonly version: string },
): Promise<ReleasePackage | undefined> {
  const { rows } = await sql.query<PackageRow>(
    'select * from packages where release_id = $1 and name = $2 and version = $3',
    [wanted.releaseId, wanted.name, wanted.version],
  );
  return rows[0] && toPackage(rows[0]);
}

/** A package with this fingerprint and source, of whichever release: its blob can be copied. */
export async function findSourceByFingerprint(sql: Sql, fingerprint: string): Promise<ReleasePackage | undefined> {
  const { rows } = await sql.query<PackageRow>(
    'select * from packages where fingerprint = $1 and blobstore_id is not null order by id limit 1',
    [fingerprint],
  );
  return rows[0] && toPackage(rows[0]);
}

/** Those of the fingerprints that some release has the source of. */
export async function knownFingerprints(sql: Sql, fingerprints: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ fingerprint: string }>(
    'select distinct fingerprint from packages where fingerprint = any($1) and blobstore_id is not null',
    [fingerprints],
  );
  return rows.map((row) => row.fingerprint);
}

/** Stores a package; one that is there gets the source it lacked, or the new one of a `--fix`. */
export async function savePackage(sql: Sql, given: NewPackage): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into packages (release_id, name, version, fingerprint, blobstore_id, sha1, dependencies)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (release_id, name, version) do update
       set blobstore_id = coalesce(excluded.blobstore_id, packages.blobstore_id),
           sha1 = coalesce(excluded.sha1, packages.sha1)
     returning id`,
    [
      given.releaseId,
      given.name,
      given.version,
      given.fingerprint,
      given.blobstoreId,
      given.sha1,
      JSON.stringify(given.dependencies),
    ],
  );
  return Number(rows[0]?.id);
}

export async function linkPackages(sql: Sql, versionId: number, packageIds: readonly number[]): Promise<void> {
  await sql.query(
    `insert into release_versions_packages (release_version_id, package_id)
     select $1, unnest($2::bigint[]) on conflict do nothing`,
    [versionId, packageIds],
  );
}

export async function packagesOfVersion(sql: Sql, versionId: number): Promise<ReleasePackage[]> {
  const { rows } = await sql.query<PackageRow>(
    `select p.* from packages p join release_versions_packages v on v.package_id = p.id
      where v.release_version_id = $1 order by p.name`,
    [versionId],
  );
  return rows.map(toPackage);
}

export async function packagesById(sql: Sql, ids: readonly number[]): Promise<ReadonlyMap<number, ReleasePackage>> {
  const { rows } = await sql.query<PackageRow>('select * from packages where id = any($1)', [ids]);
  return new Map(rows.map((row) => [Number(row.id), toPackage(row)]));
}

export function toPackage(row: PackageRow): ReleasePackage {
  return {
    id: Number(row.id),
    name: row.name,
    version: row.version,
    fingerprint: row.fingerprint,
    blobstoreId: row.blobstore_id,
    sha1: row.sha1,
    dependencies: row.dependencies,
  };
}
