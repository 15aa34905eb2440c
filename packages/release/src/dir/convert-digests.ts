import { type DigestAlgorithm, digestOfFile, ExpectedError, openTempDir } from '@boti/core';
import { formatReleaseManifest, type ReleaseManifest } from '../formats/release-manifest.ts';
import { type Extracted, type ExtractedRelease, extractRelease } from '../read-release.ts';
import { type TarballPart, writeReleaseTarball } from './write-release-tarball.ts';

/** Writes a copy of a release tarball whose digests are SHA-1 or SHA-256. The archives in it stay as they are. */
export async function convertDigests(
  tarball: string,
  destination: string,
  options: { readonly algorithm: DigestAlgorithm; readonly signal?: AbortSignal },
): Promise<ReleaseManifest> {
  await using folder = await openTempDir('boti-release-');
  const release = await extractRelease(tarball, folder.path, options.signal);
  const parts = partsOf(tarball, release);
  const convert = async <T extends { readonly sha1: string }>(entry: T & Extracted): Promise<T> => {
    const { path, ...rest } = entry;
    return { ...rest, sha1: await digestOfFile(path ?? '', options.algorithm) } as unknown as T;
  };
  const manifest: ReleaseManifest = {
    ...release.manifest,
    jobs: await Promise.all(release.jobs.map(convert)),
    packages: release.manifest.packages == null ? undefined : await Promise.all(release.packages.map(convert)),
    compiled_packages:
      release.manifest.compiled_packages == null ? undefined : await Promise.all(release.compiledPackages.map(convert)),
    license: release.license === undefined ? undefined : await convert(release.license),
  };
  await writeReleaseTarball(destination, formatReleaseManifest(manifest), {
    parts,
    signal: options.signal,
    gzip: manifest.no_compression !== true,
  });
  return manifest;
}

function partsOf(tarball: string, release: ExtractedRelease): readonly TarballPart[] {
  const entries = [
    ...release.jobs.map((entry) => ({ member: `jobs/${entry.name}.tgz`, path: entry.path })),
    ...release.packages.map((entry) => ({ member: `packages/${entry.name}.tgz`, path: entry.path })),
    ...release.compiledPackages.map((entry) => ({ member: `compiled_packages/${entry.name}.tgz`, path: entry.path })),
    ...(release.license === undefined ? [] : [{ member: 'license.tgz', path: release.license.path }]),
  ];
  const archives = entries.map(({ member, path }): TarballPart => {
    if (path === undefined)
      throw new ExpectedError(`Release '${tarball}' lacks '${member}', which its release.MF names`);
    return { member, path };
  });
  const beside = release.licenseFiles.map(({ name, path }): TarballPart => ({ member: name, path, mode: 0o644 }));
  return [...archives, ...beside];
}
