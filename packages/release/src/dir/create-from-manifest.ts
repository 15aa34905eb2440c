import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readTar } from '@boti/archive';
import { ExpectedError, errnoOf, mapConcurrent, messageOf, openTempDir } from '@boti/core';
import { parseReleaseManifest, type ReleaseManifest, type ReleasePackageEntry } from '../formats/release-manifest.ts';
import { requireCleanGit } from './git-state.ts';
import type { ReleaseDirectory } from './release-directory.ts';
import { findBuild } from './resolve-builds.ts';
import type { Source } from './sources.ts';
import type { TarballPart } from './write-release-tarball.ts';
import { writeWantedTarball } from './write-wanted-tarball.ts';

export interface FromManifestOptions {
  readonly force?: boolean;
  readonly tarball?: string;
}

/** Builds the tarball of a release that a manifest in releases/ or dev_releases/ describes. */
export async function createFromManifest(
  release: ReleaseDirectory,
  manifestPath: string,
  options: FromManifestOptions,
): Promise<{ readonly manifest: ReleaseManifest; readonly tarball: string | undefined }> {
  const manifest = await readManifestFile(manifestPath);
  if (options.force !== true) await requireCleanGit(release.dir, release.signal);
  const archives = await findArchives(release, manifest, manifestPath);
  await using folder = await openTempDir('boti-license-');
  const parts = [...archives, ...(await unpackLicense(archives, folder.path, release.signal))];
  return { manifest, tarball: await writeWantedTarball(release, { manifest, parts }, options.tarball) };
}

async function findArchives(
  release: ReleaseDirectory,
  manifest: ReleaseManifest,
  manifestPath: string,
): Promise<readonly TarballPart[]> {
  const missing: string[] = [];
  const parts = await mapConcurrent(
    wantedBy(manifest),
    release.parallel,
    async ({ kind, name, member, fingerprint }) => {
      const found = await findBuild(release, { kind, name } as Pick<Source, 'kind' | 'name'>, fingerprint);
      if (found === undefined) missing.push(`${kind} '${name}/${fingerprint}'`);
      return { member, path: found?.archive ?? '' };
    },
  );
  if (missing.length === 0) return parts;
  throw new ExpectedError(
    `'${manifestPath}' names builds that are neither in .dev_builds nor .final_builds: ${missing.join(', ')}`,
  );
}

interface Wanted {
  readonly kind: Source['kind'];
  readonly name: string;
  readonly member: string;
  readonly fingerprint: string;
}

function wantedBy({ jobs, packages, license }: ReleaseManifest): readonly Wanted[] {
  const entry =
    (kind: Source['kind'], folder: string) =>
    ({ name, version, fingerprint = version }: Omit<ReleasePackageEntry, 'dependencies'>): Wanted => ({
      kind,
      name,
      member: `${folder}${name}.tgz`,
      fingerprint,
    });
  return [
    ...jobs.map(entry('job', 'jobs/')),
    ...(packages ?? []).map(entry('package', 'packages/')),
    ...(license == null ? [] : [{ name: 'license', ...license }].map(entry('license', ''))),
  ];
}

/** The files of the licence's archive, which stand beside it in a tarball. */
async function unpackLicense(
  parts: readonly TarballPart[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<readonly TarballPart[]> {
  const archive = parts.find(({ member }) => member === 'license.tgz');
  if (archive === undefined) return [];
  const files: TarballPart[] = [];
  await readTar(
    archive.path,
    async (member) => {
      if (member.type !== 'file' || member.path.includes('/')) return;
      const path = join(folder, member.path);
      await pipeline(member.content, createWriteStream(path, { mode: 0o600 }));
      files.push({ member: member.path, path, mode: 0o644 });
    },
    { signal },
  );
  return files;
}

async function readManifestFile(path: string): Promise<ReleaseManifest> {
  try {
    return parseReleaseManifest(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw new ExpectedError(`Release manifest '${path}' cannot be read: ${messageOf(cause)}`, { cause });
  }
}
