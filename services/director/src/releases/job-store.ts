import type { Sql } from '../database/sql.ts';
import type { ReleaseJob } from '../planner/snapshot.ts';

export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly blobstore_id: string;
  readonly sha1: string;
  readonly package_names: readonly string[];
  readonly spec: ReleaseJob['spec'];
}

export type NewJob = Omit<ReleaseJob, 'id'> & { readonly releaseId: number };

export async function findJob(
  sql: Sql,
  wanted: { readonly releaseId: number; readonly name: string; readonly version: string },
): Promise<ReleaseJob | undefined> {
  const { rows } = await sql.query<JobRow>('select * from jobs where release_id = $1 and name = $2 and version = $3', [
    wanted.releaseId,
    wanted.name,
    wanted.version,
  ]);
  return rows[0] && toJob(rows[0]);
}

export async function saveJob(sql: Sql, given: NewJob): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into jobs (release_id, name, version, fingerprint, blobstore_id, sha1, package_names, spec)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (release_id, name, version) do update
       set blobstore_id = excluded.blobstore_id, sha1 = excluded.sha1, package_names = excluded.package_names,
           spec = excluded.spec
     returning id`,
    [
      given.releaseId,
      given.name,
      given.version,
      given.fingerprint,
      given.blobstoreId,
      given.sha1,
      JSON.stringify(given.packageNames),
      JSON.stringify(given.spec),
    ],
  );
  return Number(rows[0]?.id);
}

export async function linkJobs(sql: Sql, versionId: number, jobIds: readonly number[]): Promise<void> {
  await sql.query(
    `insert into release_versions_jobs (release_version_id, job_id)
     select $1, unnest($2::bigint[]) on conflict do nothing`,
    [versionId, jobIds],
  );
}

export async function jobsOfVersion(sql: Sql, versionId: number): Promise<ReleaseJob[]> {
  const { rows } = await sql.query<JobRow>(
    `select j.* from jobs j join release_versions_jobs v on v.job_id = j.id
      where v.release_version_id = $1 order by j.name`,
    [versionId],
  );
  return rows.map(toJob);
}

export async function jobsById(sql: Sql, ids: readonly number[]): Promise<ReadonlyMap<number, ReleaseJob>> {
  const { rows } = await sql.query<JobRow>('select * from jobs where id = any($1)', [ids]);
  return new Map(rows.map((row) => [Number(row.id), toJob(row)]));
}

export function toJob(row: JobRow): ReleaseJob {
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
