import { join } from 'node:path';
import { digestOfFile, openTempDir } from '@boti/core';
import { formatReleaseManifest, type ReleaseManifest } from '../formats/release-manifest.ts';
import { buildArchive } from './build-archive.ts';
import { sourceFingerprint } from './fingerprint.ts';
import { readSources } from './read-sources.ts';
import type { Source } from './sources.ts';
import { type TarballPart, writeReleaseTarball } from './write-release-tarball.ts';

export interface PackReleaseOptions {
  /** Holds jobs/, packages/ and src/ as a release directory does; it is only read. */
  readonly dir: string;
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a release tarball of generated sources: no indexes, no cache, no git. The same sources give the same bytes. */
export async function packRelease(options: PackReleaseOptions): Promise<ReleaseManifest> {
  const { dir, name, version, tarball, signal } = options;
  const { jobs, packages } = await readSources(dir);
  await using archives = await openTempDir('boti-pack-release-');
  const pack = async (source: Source, member: string): Promise<Packed> => {
    const fingerprint = await sourceFingerprint(source);
    const archive = join(archives.path, `${source.kind}-${source.name}`);
    await buildArchive(source, { archive, releaseDir: dir, gzip: true, signal });
    return { part: { member, path: archive }, fingerprint, digest: await digestOfFile(archive) };
  };
  const parts: TarballPart[] = [];
  const entry = async (source: Source, member: string) => {
    const { part, fingerprint, digest } = await pack(source, member);
    parts.push(part);
    return { name: source.name, version: fingerprint, fingerprint, sha1: digest };
  };
  const manifest: ReleaseManifest = {
    name,
    version,
    commit_hash: 'non-git',
    uncommitted_changes: false,
    jobs: [],
    packages: [],
  };
  for (const job of jobs) {
    manifest.jobs.push({ ...(await entry(job, `jobs/${job.name}.tgz`)), packages: [...job.packages] });
  }
  for (const source of packages) {
    const described = await entry(source, `packages/${source.name}.tgz`);
    manifest.packages?.push({ ...described, dependencies: [...source.dependencies] });
  }
  await writeReleaseTarball(tarball, formatReleaseManifest(manifest), { parts, signal });
  return manifest;
}

interface Packed {
  readonly part: TarballPart;
  readonly fingerprint: string;
  readonly digest: string;
}
