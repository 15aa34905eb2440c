import { join } from 'node:path';
import { ExpectedError, openTempDir } from '@boti/core';
import type { ReleaseManifest } from '../formats/release-manifest.ts';
import { type ExtractedRelease, extractRelease } from '../read-release.ts';
import { nextFinalVersion, parseVersion, sortVersions } from '../version.ts';
import { releaseIndex } from './build-index.ts';
import { requireCleanGit } from './git-state.ts';
import { type Promotable, promoteBuilds } from './promote-builds.ts';
import { recordRelease } from './record-release.ts';
import { type DirectoryOptions, openReleaseDirectory } from './release-directory.ts';

export interface FinalizeReleaseOptions extends DirectoryOptions {
  /** A tarball of a dev release. */
  readonly tarball: string;
  readonly name?: string;
  readonly version?: string;
  readonly force?: boolean;
}

/** Makes a final release of a dev release's tarball: its archives go to the blobstore and .final_builds. */
export async function finalizeRelease(
  options: FinalizeReleaseOptions,
): Promise<{ readonly manifest: ReleaseManifest; readonly manifestPath: string }> {
  const release = await openReleaseDirectory(options);
  if (options.force !== true) await requireCleanGit(release.dir, release.signal);
  await using folder = await openTempDir('boti-release-');
  const extracted = await extractRelease(options.tarball, folder.path, release.signal);
  const name = options.name ?? extracted.manifest.name;
  const version = await finalVersion(join(release.dir, 'releases', name), name, options.version);
  await promoteBuilds(release, promotables(options.tarball, extracted));
  const manifest = { ...extracted.manifest, name, version };
  return { manifest, manifestPath: await recordRelease(release, 'releases', manifest) };
}

async function finalVersion(folder: string, name: string, wanted: string | undefined): Promise<string> {
  const taken = await releaseIndex(folder).versions();
  if (wanted === undefined) return nextFinalVersion(sortVersions(taken).at(-1) ?? '0');
  parseVersion(wanted);
  if (taken.includes(wanted)) throw new ExpectedError(`Release '${name}' version '${wanted}' already exists`);
  return wanted;
}

function promotables(tarball: string, { jobs, packages, license }: ExtractedRelease): readonly Promotable[] {
  const entries = [
    ...packages.map((entry) => ({ kind: 'package' as const, ...entry })),
    ...jobs.map((entry) => ({ kind: 'job' as const, ...entry })),
    ...(license === undefined ? [] : [{ kind: 'license' as const, name: 'license' as const, ...license }]),
  ];
  return entries.map(({ kind, name, version, fingerprint = version, sha1, path }) => {
    if (path === undefined) throw new ExpectedError(`Release '${tarball}' lacks the archive of ${kind} '${name}'`);
    return { source: { kind, name } as Promotable['source'], fingerprint, sha1, archive: path };
  });
}
