import type { Sql } from '../database/sql.ts';
import type { ReleaseJob, ReleasePackage } from '../planner/snapshot.ts';
import { type JobRow, toJob } from '../releases/job-store.ts';
import { type PackageRow, toPackage } from '../releases/package-store.ts';

/** All packages of a release, whatever their versions. */
export async function packagesOfRelease(sql: Sql, release: string): Promise<ReleasePackage[]> {
  const { rows } = await sql.query<PackageRow>(
    `select p.* from packages p join releases r on r.id = p.release_id where r.name = $1 order by p.name, p.id`,
    [release],
  );
  return rows.map(toPackage);
}

export async function jobsOfRelease(sql: Sql, release: string): Promise<ReleaseJob[]> {
  const { rows } = await sql.query<JobRow>(
    `select j.* from jobs j join releases r on r.id = j.release_id where r.name = $1 order by j.name, j.id`,
    [release],
  );
  return rows.map(toJob);
}

/** True while a version's upload is not complete: what it has cannot be relied on. */
export async function isHalfUploaded(sql: Sql, release: string, version: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from release_versions v join releases r on r.id = v.release_id
      where r.name = $1 and v.version = $2 and not v.update_completed`,
    [release, version],
  );
  return rows.length > 0;
}

export interface CompiledIdentity {
  readonly name: string;
  readonly fingerprint: string;
  readonly stemcellOs: string;
  readonly stemcellVersion: string;
  readonly dependencyKey: string;
}

/** Which of these the Director has in exactly this compiled form. */
export async function knownCompiledPackages(sql: Sql, wanted: readonly CompiledIdentity[]): Promise<string[]> {
  const { rows } = await sql.query<{ fingerprint: string }>(
    `select distinct p.fingerprint from compiled_packages c join packages p on p.id = c.package_id
       join unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as w (name, fingerprint, os, version, key)
         on w.name = p.name and w.fingerprint = p.fingerprint and w.os = c.stemcell_os
            and w.version = c.stemcell_version and w.key = c.dependency_key`,
    [
      wanted.map(({ name }) => name),
      wanted.map(({ fingerprint }) => fingerprint),
      wanted.map(({ stemcellOs }) => stemcellOs),
      wanted.map(({ stemcellVersion }) => stemcellVersion),
      wanted.map(({ dependencyKey }) => dependencyKey),
    ],
  );
  return rows.map(({ fingerprint }) => fingerprint);
}

/** The blob of a package's source, if it is one. */
export async function isPackageBlob(sql: Sql, blobstoreId: string): Promise<boolean> {
  const { rows } = await sql.query('select 1 from packages where blobstore_id = $1', [blobstoreId]);
  return rows.length > 0;
}
