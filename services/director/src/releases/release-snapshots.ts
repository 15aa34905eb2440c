import type { Sql } from '../database/sql.ts';
import type { ReleaseSnapshot } from '../planner/snapshot.ts';
import { jobsOfVersion } from './job-store.ts';
import { packagesOfVersion } from './package-store.ts';

/** All complete versions of these releases, with their jobs and packages: part of the planner's snapshot. */
export async function releaseSnapshots(sql: Sql, names: readonly string[]): Promise<ReleaseSnapshot[]> {
  const { rows } = await sql.query<{ id: string; name: string; version: string }>(
    `select v.id, r.name, v.version from release_versions v join releases r on r.id = v.release_id
      where r.name = any($1) and v.update_completed order by r.name, v.id`,
    [names],
  );
  return Promise.all(
    rows.map(async ({ id, name, version }) => ({
      name,
      version,
      jobs: await jobsOfVersion(sql, Number(id)),
      packages: await packagesOfVersion(sql, Number(id)),
    })),
  );
}
