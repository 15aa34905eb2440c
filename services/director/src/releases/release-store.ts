import type { Sql } from '../database/sql.ts';

export interface ReleaseVersion {
  readonly id: number;
  readonly releaseId: number;
  readonly version: string;
  readonly commitHash: string | null;
  readonly uncommittedChanges: boolean;
  readonly updateCompleted: boolean;
}

interface VersionRow {
  readonly id: string;
  readonly release_id: string;
  readonly version: string;
  readonly commit_hash: string | null;
  readonly uncommitted_changes: boolean;
  readonly update_completed: boolean;
}

/** One version as `releases` lists it. */
export interface ListedVersion {
  readonly release: string;
  readonly version: string;
  readonly commitHash: string | null;
  readonly uncommittedChanges: boolean;
  readonly jobNames: readonly string[];
  /** Names of the deployments that use it. */
  readonly deployments: readonly string[];
}

interface ListedRow extends Omit<VersionRow, 'id' | 'release_id' | 'update_completed'> {
  readonly name: string;
  readonly job_names: readonly string[];
  readonly deployments: readonly string[];
}

export async function ensureRelease(sql: Sql, name: string): Promise<number> {
  await sql.query('insert into releases (name) values ($1) on conflict do nothing', [name]);
  const id = await findReleaseId(sql, name);
  if (id === undefined) throw new TypeError(`release ${name} vanished while it was being stored`);
  return id;
}

export async function findReleaseId(sql: Sql, name: string): Promise<number | undefined> {
  const { rows } = await sql.query<{ id: string }>('select id from releases where name = $1', [name]);
  return rows[0] && Number(rows[0].id);
}

export async function versionsOf(sql: Sql, releaseId: number): Promise<ReleaseVersion[]> {
  const { rows } = await sql.query<VersionRow>('select * from release_versions where release_id = $1 order by id', [
    releaseId,
  ]);
  return rows.map(toVersion);
}

export type NewVersion = Omit<ReleaseVersion, 'id' | 'updateCompleted'>;

/** Adds the version, unfinished, or marks the present one as unfinished: it is complete only when its upload has ended. */
export async function beginVersion(sql: Sql, version: NewVersion): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into release_versions (release_id, version, commit_hash, uncommitted_changes) values ($1, $2, $3, $4)
     on conflict (release_id, version) do update set update_completed = false
     returning id`,
    [version.releaseId, version.version, version.commitHash, version.uncommittedChanges],
  );
  return Number(rows[0]?.id);
}

export async function completeVersion(sql: Sql, id: number): Promise<void> {
  await sql.query('update release_versions set update_completed = true where id = $1', [id]);
}

/** A version that can be deployed, with the rows it consists of. */
export interface CompleteVersion {
  readonly name: string;
  readonly version: string;
  readonly jobIds: readonly number[];
  readonly packageIds: readonly number[];
}

/** In the order in which they were uploaded, by release. */
export async function completeVersions(sql: Sql, names: readonly string[]): Promise<CompleteVersion[]> {
  const { rows } = await sql.query<{ name: string; version: string; job_ids: string[]; package_ids: string[] }>(
    `select r.name, v.version,
            array(select job_id from release_versions_jobs j where j.release_version_id = v.id) as job_ids,
            array(select package_id from release_versions_packages p where p.release_version_id = v.id) as package_ids
       from release_versions v join releases r on r.id = v.release_id
      where r.name = any($1) and v.update_completed order by r.name, v.id`,
    [names],
  );
  return rows.map((row) => ({
    name: row.name,
    version: row.version,
    jobIds: row.job_ids.map(Number),
    packageIds: row.package_ids.map(Number),
  }));
}

/** Row ids of these versions; those that are unknown are left out. */
export async function releaseVersionIds(
  sql: Sql,
  releases: readonly { readonly name: string; readonly version: string }[],
): Promise<number[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select v.id from release_versions v join releases r on r.id = v.release_id
       join unnest($1::text[], $2::text[]) as wanted (name, version) on wanted.name = r.name and wanted.version = v.version
      order by v.id`,
    [releases.map(({ name }) => name), releases.map(({ version }) => version)],
  );
  return rows.map((row) => Number(row.id));
}

/** Every version, by release name; within a release in the order of upload. */
export async function listVersions(sql: Sql): Promise<ListedVersion[]> {
  const { rows } = await sql.query<ListedRow>(
    `select r.name, v.version, v.commit_hash, v.uncommitted_changes,
            coalesce((select jsonb_agg(j.name order by j.name) from release_versions_jobs vj
                        join jobs j on j.id = vj.job_id where vj.release_version_id = v.id), '[]') as job_names,
            coalesce((select jsonb_agg(d.name order by d.name) from deployments_release_versions dv
                        join deployments d on d.id = dv.deployment_id where dv.release_version_id = v.id), '[]')
              as deployments
       from release_versions v join releases r on r.id = v.release_id
      order by r.name, v.id`,
  );
  return rows.map((row) => ({
    release: row.name,
    version: row.version,
    commitHash: row.commit_hash,
    uncommittedChanges: row.uncommitted_changes,
    jobNames: row.job_names,
    deployments: row.deployments,
  }));
}

/** Removes versions, then whatever of the release no version uses any more. Answers the blobs that are no longer needed. */
export async function deleteVersions(sql: Sql, releaseId: number, versionIds: readonly number[]): Promise<string[]> {
  await sql.query('delete from release_versions where id = any($1)', [versionIds]);
  const unusedJobs = await sql.query<{ blobstore_id: string }>(
    `delete from jobs j where release_id = $1
        and not exists (select 1 from release_versions_jobs v where v.job_id = j.id) returning blobstore_id`,
    [releaseId],
  );
  const compiled = await sql.query<{ blobstore_id: string }>(
    `delete from compiled_packages c using packages p where p.id = c.package_id and p.release_id = $1
        and not exists (select 1 from release_versions_packages v where v.package_id = p.id) returning c.blobstore_id`,
    [releaseId],
  );
  const unusedPackages = await sql.query<{ blobstore_id: string | null }>(
    `delete from packages p where release_id = $1
        and not exists (select 1 from release_versions_packages v where v.package_id = p.id) returning blobstore_id`,
    [releaseId],
  );
  await sql.query(
    'delete from releases r where id = $1 and not exists (select 1 from release_versions v where v.release_id = r.id)',
    [releaseId],
  );
  const rows = [...unusedJobs.rows, ...compiled.rows, ...unusedPackages.rows];
  return rows.flatMap(({ blobstore_id: id }) => (id === null ? [] : [id]));
}

function toVersion(row: VersionRow): ReleaseVersion {
  return {
    id: Number(row.id),
    releaseId: Number(row.release_id),
    version: row.version,
    commitHash: row.commit_hash,
    uncommittedChanges: row.uncommitted_changes,
    updateCompleted: row.update_completed,
  };
}
