import { sortVersions } from '@boti/release';
import { blobsOlderThan } from '../blobs/blob-store.ts';
import { currentConfigs } from '../configs/config-store.ts';
import type { Sql } from '../database/sql.ts';
import { listOrphanDisks, type OrphanDisk } from '../disks/disk-store.ts';
import { type ListedVersion, listVersions } from '../releases/release-store.ts';
import { listStemcells, type StemcellUse } from '../stemcells/stemcell-store.ts';
import { type CompiledArtifact, compiledPackagesFor } from './artifact-store.ts';
import { runtimeReleases } from './runtime-releases.ts';

export interface CleanUpOptions {
  readonly removeAll: boolean;
  readonly keepOrphanedDisks: boolean;
}

export interface Artifacts {
  readonly releases: readonly { readonly name: string; readonly version: string }[];
  readonly stemcells: readonly StemcellUse[];
  readonly compiledPackages: readonly CompiledArtifact[];
  readonly orphanedDisks: readonly OrphanDisk[];
  /** Blobstore ids. */
  readonly exportedReleases: readonly string[];
}

/** How many unused versions of each name stay, unless everything is to go. */
const keptVersions = 2;

/** What a clean up would delete now. */
export async function findArtifacts(sql: Sql, { removeAll, keepOrphanedDisks }: CleanUpOptions): Promise<Artifacts> {
  const keep = removeAll ? 0 : keptVersions;
  const stemcells = unusedStemcells(await listStemcells(sql), keep);
  const removed = [...new Set(stemcells.map(({ operatingSystem, version }) => `${operatingSystem}/${version}`))];
  const exported = await blobsOlderThan(sql, 'exported-release', 0);
  return {
    releases: unusedReleases(await listVersions(sql), await namedByRuntimeConfigs(sql), keep),
    stemcells,
    compiledPackages: removeAll ? await compiledPackagesFor(sql, removed) : [],
    orphanedDisks: removeAll && !keepOrphanedDisks ? await listOrphanDisks(sql) : [],
    exportedReleases: exported.map(({ blobstoreId }) => blobstoreId),
  };
}

/** Releases of a current runtime config may be needed by the next deploy, whatever it deploys. */
async function namedByRuntimeConfigs(sql: Sql): Promise<ReadonlySet<string>> {
  const configs = await currentConfigs(sql, 'runtime', []);
  return new Set(configs.flatMap(({ content }) => runtimeReleases(content)));
}

function unusedReleases(
  versions: readonly ListedVersion[],
  pinned: ReadonlySet<string>,
  keep: number,
): Artifacts['releases'] {
  const unused = versions.filter(
    ({ release, version, deployments }) => deployments.length === 0 && !pinned.has(`${release}/${version}`),
  );
  return [...Map.groupBy(unused, ({ release }) => release)].flatMap(([name, own]) =>
    withoutNewest(
      own.map(({ version }) => version),
      keep,
    ).map((version) => ({ name, version })),
  );
}

function unusedStemcells(stemcells: readonly StemcellUse[], keep: number): readonly StemcellUse[] {
  const unused = stemcells.filter(({ deployments }) => deployments.length === 0);
  return [...Map.groupBy(unused, ({ name }) => name)].flatMap(([, own]) => {
    const old = withoutNewest([...new Set(own.map(({ version }) => version))], keep);
    return own.filter(({ version }) => old.includes(version));
  });
}

function withoutNewest(versions: readonly string[], keep: number): readonly string[] {
  return keep === 0 ? sortVersions(versions) : sortVersions(versions).slice(0, -keep);
}
