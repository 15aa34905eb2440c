import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@boti/core';
import { formatReleaseManifest, type ReleaseManifest } from '../formats/release-manifest.ts';
import { releaseIndex } from './build-index.ts';
import type { ReleaseDirectory } from './release-directory.ts';

/** Writes NAME-VERSION.yml and the index. */
export async function recordRelease(
  release: ReleaseDirectory,
  folder: 'releases' | 'dev_releases',
  manifest: ReleaseManifest,
): Promise<string> {
  const { name, version } = manifest;
  const home = join(release.dir, folder, name);
  const path = join(home, `${name}-${version}.yml`);
  await mkdir(home, { recursive: true });
  await writeFileAtomic(path, formatReleaseManifest(manifest));
  await releaseIndex(home).add(randomUUID(), version);
  return path;
}
