import type { Sql } from '../database/sql.ts';
import type { ReleaseSnapshot } from '../planner/snapshot.ts';
import { jobsById } from './job-store.ts';
import { packagesById } from './package-store.ts';
import { completeVersions } from './release-store.ts';

/** All complete versions of these releases, with their jobs and packages: part of the planner's snapshot. */
export async function releaseSnapshots(sql: Sql, names: readonly string[]): Promise<ReleaseSnapshot[]> {
  const versions = await completeVersions(sql, names);
  const unique = (ids: readonly number[]): number[] => [...new Set(ids)];
  // Versions of a release have most of their jobs and packages in common: each is read once.
  const [jobs, packages] = await Promise.all([
    jobsById(sql, unique(versions.flatMap(({ jobIds }) => jobIds))),
    packagesById(sql, unique(versions.flatMap(({ packageIds }) => packageIds))),
  ]);
  return versions.map(({ name, version, jobIds, packageIds }) => ({
    name,
    version,
    jobs: pick(jobs, jobIds),
    packages: pick(packages, packageIds),
  }));
}

function pick<T extends { readonly id: number; readonly name: string }>(
  all: ReadonlyMap<number, T>,
  ids: readonly number[],
): T[] {
  return ids.flatMap((id) => all.get(id) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}
