import type { JobSpec } from '@boti/release';
import type { Sql } from '../database/sql.ts';
import type { ReleaseJob, ReleasePackage } from '../planner/snapshot.ts';

interface PackageRow {
  readonly id: string;
  readonly release_version_id?: string;
  readonly name: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly blobstore_id: string | null;
  readonly sha1: string | null;
  readonly dependencies: readonly string[];
}

interface JobRow {
  readonly id: string;
  readonly release_version_id?: string;
  readonly name: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly blobstore_id: string;
  readonly sha1: string;
  readonly package_names: readonly string[];
  readonly spec: JobSpec;
}

export type Contents<Part> = ReadonlyMap<number, readonly Part[]>;

/** Packages by release version id, sorted by name. */
export async function packagesOfVersions(sql: Sql, versionIds: readonly number[]): Promise<Contents<ReleasePackage>> {
  const { rows } = await sql.query<PackageRow>(
    `select p.*, vp.release_version_id from packages p
       join release_versions_packages vp on vp.package_id = p.id
      where vp.release_version_id = any($1) order by p.name`,
    [versionIds],
  );
  return grouped(rows, toPackage);
}

/** Jobs by release version id, sorted by name. */
export async function jobsOfVersions(sql: Sql, versionIds: readonly number[]): Promise<Contents<ReleaseJob>> {
  const { rows } = await sql.query<JobRow>(
    `select j.*, vj.release_version_id from jobs j join release_versions_jobs vj on vj.job_id = j.id
      where vj.release_version_id = any($1) order by j.name`,
    [versionIds],
  );
  return grouped(rows, toJob);
}

export async function packagesOfRelease(sql: Sql, releaseId: number): Promise<ReleasePackage[]> {
  const { rows } = await sql.query<PackageRow>('select * from packages where release_id = $1 order by name, id', [
    releaseId,
  ]);
  return rows.map(toPackage);
}

export async function jobsOfRelease(sql: Sql, releaseId: number): Promise<ReleaseJob[]> {
  const { rows } = await sql.query<JobRow>('select * from jobs where release_id = $1 order by name, id', [releaseId]);
  return rows.map(toJob);
}

/** A package of another release with the same content, whose source is here. */
export async function findPackageSource(
  sql: Sql,
  fingerprint: string,
): Promise<{ readonly blobstoreId: string; readonly sha1: string } | undefined> {
  const { rows } = await sql.query<PackageRow>(
    'select * from packages where fingerprint = $1 and blobstore_id is not null order by id limit 1',
    [fingerprint],
  );
  const [row] = rows;
  return row?.blobstore_id == null ? undefined : { blobstoreId: row.blobstore_id, sha1: row.sha1 ?? '' };
}

/** Fingerprints, of those given, of which the Director has the source. */
export async function knownSources(sql: Sql, fingerprints: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ fingerprint: string }>(
    'select distinct fingerprint from packages where fingerprint = any($1) and blobstore_id is not null',
    [fingerprints],
  );
  return rows.map(({ fingerprint }) => fingerprint);
}

export type NewPackage = Omit<ReleasePackage, 'id'>;

/** Adds the package to its release, or gives the one that is there its source. */
export async function savePackage(sql: Sql, releaseId: number, added: NewPackage): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into packages (release_id, name, version, fingerprint, blobstore_id, sha1, dependencies)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (release_id, name, version) do update
       set blobstore_id = coalesce(excluded.blobstore_id, packages.blobstore_id),
           sha1 = coalesce(excluded.sha1, packages.sha1)
     returning id`,
    [
      releaseId,
      added.name,
      added.version,
      added.fingerprint,
      added.blobstoreId,
      added.sha1,
      JSON.stringify(added.dependencies),
    ],
  );
  return Number(rows[0]?.id);
}

export type NewJob = Omit<ReleaseJob, 'id'>;

export async function saveJob(sql: Sql, releaseId: number, added: NewJob): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into jobs (release_id, name, version, fingerprint, blobstore_id, sha1, package_names, spec)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (release_id, name, version) do update
       set blobstore_id = excluded.blobstore_id, sha1 = excluded.sha1, package_names = excluded.package_names,
           spec = excluded.spec
     returning id`,
    [
      releaseId,
      added.name,
      added.version,
      added.fingerprint,
      added.blobstoreId,
      added.sha1,
      JSON.stringify(added.packageNames),
      JSON.stringify(added.spec),
    ],
  );
  return Number(rows[0]?.id);
}

export async function linkPackages(sql: Sql, versionId: number, ids: readonly number[]): Promise<void> {
  await sql.query(
    `insert into release_versions_packages (release_version_id, package_id)
     select $1, unnest($2::bigint[]) on conflict do nothing`,
    [versionId, ids],
  );
}

export async function linkJobs(sql: Sql, versionId: number, ids: readonly number[]): Promise<void> {
  await sql.query(
    `insert into release_versions_jobs (release_version_id, job_id)
     select $1, unnest($2::bigint[]) on conflict do nothing`,
    [versionId, ids],
  );
}

/** Packages that only this version has. */
export async function packagesOfThisVersionOnly(sql: Sql, versionId: number): Promise<ReleasePackage[]> {
  const { rows } = await sql.query<PackageRow>(
    `select p.* from packages p join release_versions_packages vp on vp.package_id = p.id
      where vp.release_version_id = $1
        and not exists (select from release_versions_packages o where o.package_id = p.id and o.release_version_id <> $1)
      order by p.name`,
    [versionId],
  );
  return rows.map(toPackage);
}

/** Jobs that only this version has. */
export async function jobsOfThisVersionOnly(sql: Sql, versionId: number): Promise<ReleaseJob[]> {
  const { rows } = await sql.query<JobRow>(
    `select j.* from jobs j join release_versions_jobs vj on vj.job_id = j.id
      where vj.release_version_id = $1
        and not exists (select from release_versions_jobs o where o.job_id = j.id and o.release_version_id <> $1)
      order by j.name`,
    [versionId],
  );
  return rows.map(toJob);
}

export async function deletePackage(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from packages where id = $1', [id]);
}

export async function deleteJob(sql: Sql, id: number): Promise<void> {
  await sql.query('delete from jobs where id = $1', [id]);
}

function grouped<Row extends { readonly release_version_id?: string }, Part>(
  rows: readonly Row[],
  toPart: (row: Row) => Part,
): Contents<Part> {
  const parts = new Map<number, Part[]>();
  for (const row of rows) {
    const version = Number(row.release_version_id);
    const list = parts.get(version);
    if (list === undefined) parts.set(version, [toPart(row)]);
    else list.push(toPart(row));
  }
  return parts;
}

function toPackage(row: PackageRow): ReleasePackage {
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

function toJob(row: JobRow): ReleaseJob {
  return {
    id: Number(row.id),
    name: row.name,
    version: row.version,
    fingerprint: row.fingerprint,
    blobstoreId: row.blobstore_id,
    sha1: row.sha1,
    packageNames: row.package_names,
    spec: row.spec,
  };
}
