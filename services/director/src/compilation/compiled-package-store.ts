import type { Sql } from '../database/sql.ts';
import type { PackageRequirement } from '../planner/plan.ts';
import type { CompiledPackage } from '../planner/snapshot.ts';

/** What makes one compiled form: the package, what it was compiled on, and with which dependencies. */
export interface Identity {
  readonly package: Pick<PackageRequirement['package'], 'id'>;
  readonly stemcell: Pick<PackageRequirement['stemcell'], 'operatingSystem' | 'version'>;
  readonly dependencyKey: string;
}

export interface CompiledForm {
  readonly build: number;
  readonly blobstoreId: string;
  readonly sha1: string;
}

interface CompiledRow {
  readonly package_id: string;
  readonly stemcell_os: string;
  readonly stemcell_version: string;
  readonly dependency_key: string;
  readonly build: number;
  readonly blobstore_id: string;
  readonly sha1: string;
}

export async function findCompiledPackage(sql: Sql, identity: Identity): Promise<CompiledForm | undefined> {
  const { rows } = await sql.query<CompiledRow>(
    `select * from compiled_packages
      where package_id = $1 and stemcell_os = $2 and stemcell_version = $3 and dependency_key = $4`,
    [identity.package.id, identity.stemcell.operatingSystem, identity.stemcell.version, identity.dependencyKey],
  );
  return rows[0] && { build: rows[0].build, blobstoreId: rows[0].blobstore_id, sha1: rows[0].sha1 };
}

/** The same form of a package with the same name and content, of whichever release. */
export async function findCompiledElsewhere(
  sql: Sql,
  { package: wanted, stemcell, dependencyKey }: Identity & { readonly package: { name: string; fingerprint: string } },
): Promise<CompiledForm | undefined> {
  const { rows } = await sql.query<CompiledRow>(
    `select c.* from compiled_packages c join packages p on p.id = c.package_id
      where p.name = $1 and p.fingerprint = $2 and c.stemcell_os = $3 and c.stemcell_version = $4
        and c.dependency_key = $5
      order by c.id limit 1`,
    [wanted.name, wanted.fingerprint, stemcell.operatingSystem, stemcell.version, dependencyKey],
  );
  return rows[0] && { build: rows[0].build, blobstoreId: rows[0].blobstore_id, sha1: rows[0].sha1 };
}

/** Adds a compiled form and gives it the next build number of its package; somebody else's same form wins. */
export async function insertCompiledPackage(
  sql: Sql,
  identity: Identity,
  made: Omit<CompiledForm, 'build'>,
): Promise<CompiledForm> {
  await sql.query(
    `insert into compiled_packages
       (package_id, stemcell_os, stemcell_version, dependency_key, build, blobstore_id, sha1)
     select $1, $2, $3, $4, coalesce(max(build), 0) + 1, $5, $6 from compiled_packages where package_id = $1
     on conflict do nothing`,
    [
      identity.package.id,
      identity.stemcell.operatingSystem,
      identity.stemcell.version,
      identity.dependencyKey,
      made.blobstoreId,
      made.sha1,
    ],
  );
  const stored = await findCompiledPackage(sql, identity);
  if (stored === undefined) throw new TypeError('a compiled package vanished while it was being stored');
  return stored;
}

/** The number that the next compiled form of a package gets. */
export async function nextBuild(sql: Sql, packageId: number): Promise<number> {
  const { rows } = await sql.query<{ build: number }>(
    'select coalesce(max(build), 0) + 1 as build from compiled_packages where package_id = $1',
    [packageId],
  );
  return rows[0]?.build ?? 1;
}

/** Compiled forms of these packages: part of the planner's snapshot. */
export async function compiledPackagesOf(sql: Sql, packageIds: readonly number[]): Promise<CompiledPackage[]> {
  const { rows } = await sql.query<CompiledRow>('select * from compiled_packages where package_id = any($1)', [
    packageIds,
  ]);
  return rows.map((row) => ({
    packageId: Number(row.package_id),
    stemcellOs: row.stemcell_os,
    stemcellVersion: row.stemcell_version,
    dependencyKey: row.dependency_key,
    build: row.build,
    blobstoreId: row.blobstore_id,
    sha1: row.sha1,
  }));
}
