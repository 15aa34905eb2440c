import { resolve } from 'node:path';
import { formatReleaseManifest, type ReleaseManifest } from '../formats/release-manifest.ts';
import type { ReleaseDirectory } from './release-directory.ts';
import { type TarballPart, writeReleaseTarball } from './write-release-tarball.ts';

export interface TarballContent {
  readonly manifest: ReleaseManifest;
  readonly parts: readonly TarballPart[];
}

/** Writes the tarball that was asked for, if one was; `((name))` and `((version))` in its path are filled in. */
export async function writeWantedTarball(
  release: ReleaseDirectory,
  { manifest, parts }: TarballContent,
  wanted: string | undefined,
): Promise<string | undefined> {
  if (wanted === undefined) return undefined;
  const path = resolve(wanted.replaceAll('((name))', manifest.name).replaceAll('((version))', manifest.version));
  await writeReleaseTarball(path, formatReleaseManifest(manifest), {
    parts,
    signal: release.signal,
    gzip: manifest.no_compression !== true,
  });
  return path;
}
