import { join } from 'node:path';
import { digestOfFile, ExpectedError, mapConcurrent } from '@boti/core';
import { archiveCache } from './archive-cache.ts';
import { buildArchive } from './build-archive.ts';
import { type BuildIndex, buildIndex } from './build-index.ts';
import { sourceFingerprint } from './fingerprint.ts';
import type { ReleaseDirectory } from './release-directory.ts';
import type { Source } from './sources.ts';

/** A job, package or licence whose archive is in the cache. */
export interface Build<S extends Source = Source> {
  readonly source: S;
  readonly fingerprint: string;
  readonly sha1: string;
  readonly archive: string;
}

export type BuildsKind = '.dev_builds' | '.final_builds';

/** The index of a job, package or licence. */
export function indexOf(
  release: ReleaseDirectory,
  kind: BuildsKind,
  source: Pick<Source, 'kind' | 'name'>,
): BuildIndex {
  const folder = source.kind === 'license' ? 'license' : join(`${source.kind}s`, source.name);
  return buildIndex(join(release.dir, kind, folder), { isLasting: kind === '.final_builds' });
}

/** Finds each source's archive (dev index, final index) or builds it. All failures are reported at once. */
export async function resolveBuilds<S extends Source>(
  release: ReleaseDirectory,
  sources: readonly S[],
): Promise<readonly Build<S>[]> {
  const failures: unknown[] = [];
  const builds = await mapConcurrent(sources, release.parallel, async (source) => {
    try {
      release.signal?.throwIfAborted();
      return await resolveBuild(release, source);
    } catch (error) {
      release.signal?.throwIfAborted();
      failures.push(error);
      return undefined;
    }
  });
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, '');
  return builds.filter((build) => build !== undefined);
}

async function resolveBuild<S extends Source>(release: ReleaseDirectory, source: S): Promise<Build<S>> {
  const fingerprint = await sourceFingerprint(source);
  const known =
    (await findDevBuild(release, source, fingerprint)) ?? (await findFinalBuild(release, source, fingerprint));
  if (known !== undefined) return { source, fingerprint, ...known };
  if (source.kind === 'package' && source.lock !== undefined) {
    throw new ExpectedError(`Vendored package '${source.name}/${fingerprint}' is not in .final_builds`, {
      hint: 'Vendor it again with vendor-package, or restore .final_builds from git.',
    });
  }
  return { source, fingerprint, ...(await build(release, source, fingerprint)) };
}

type Located = Pick<Build, 'sha1' | 'archive'>;

// BOSH: bosh-cli answers an error when the archive of a dev build has left the cache; here it is built again.
async function findDevBuild(
  release: ReleaseDirectory,
  source: Source,
  fingerprint: string,
): Promise<Located | undefined> {
  const entry = await indexOf(release, '.dev_builds', source).find(fingerprint);
  if (entry === undefined) return undefined;
  const archive = await archiveCache(release.cacheDir).find(entry.sha1);
  return archive === undefined ? undefined : { sha1: entry.sha1, archive };
}

async function findFinalBuild(
  release: ReleaseDirectory,
  source: Pick<Source, 'kind' | 'name'>,
  fingerprint: string,
): Promise<Located | undefined> {
  const entry = await indexOf(release, '.final_builds', source).find(fingerprint);
  if (entry === undefined) return undefined;
  const { sha1, blobstoreId } = entry;
  const what = `The final build of ${source.kind} '${source.name}/${fingerprint}'`;
  const archive = await archiveCache(release.cacheDir).fetch(sha1, what, async (path) => {
    if (blobstoreId === undefined) throw new ExpectedError(`${what} has no blobstore_id in .final_builds`);
    const subject = `'${source.name}/${fingerprint}' (sha1=${sha1})`;
    release.progress(`-- Started downloading ${subject}`);
    await release.blobstore().get(blobstoreId, path, { digest: sha1, signal: release.signal });
    release.progress(`-- Finished downloading ${subject}`);
  });
  return { sha1, archive };
}

/** The archive of something that an index knows, for a release manifest that names it. */
export async function findBuild(
  release: ReleaseDirectory,
  source: Pick<Source, 'kind' | 'name'>,
  fingerprint: string,
): Promise<Located | undefined> {
  const dev = await indexOf(release, '.dev_builds', source).find(fingerprint);
  const archive = dev && (await archiveCache(release.cacheDir).find(dev.sha1));
  if (dev !== undefined && archive !== undefined) return { sha1: dev.sha1, archive };
  return await findFinalBuild(release, source, fingerprint);
}

async function build(release: ReleaseDirectory, source: Source, fingerprint: string): Promise<Located> {
  const subject = `${source.kind} '${source.name}/${fingerprint}'`;
  release.progress(`Adding ${subject}...`);
  const cache = archiveCache(release.cacheDir);
  await using part = await cache.temporary();
  const isPlain = source.kind === 'package' && source.noCompression;
  await buildArchive(source, { archive: part.path, releaseDir: release.dir, gzip: !isPlain, signal: release.signal });
  const sha1 = await digestOfFile(part.path);
  const archive = await cache.take(part.path, sha1);
  await indexOf(release, '.dev_builds', source).add(fingerprint, { version: fingerprint, sha1 });
  release.progress(`Added ${subject}`);
  return { sha1, archive };
}
