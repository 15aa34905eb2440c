import { join } from 'node:path';
import type { DirectorClient } from '@boti/director-api';
import { extractRelease, formatReleaseManifest, type ReleaseManifest, writeReleaseTarball } from '@boti/release';

export interface WholeRelease {
  readonly path: string;
  readonly manifest: ReleaseManifest;
  readonly workDir: string;
}

/** The tarball without the packages that the Director has already, or the whole one when it lacks them all. */
export async function withoutMatches(
  { director, signal }: { readonly director: DirectorClient; readonly signal: AbortSignal },
  { path, manifest, workDir }: WholeRelease,
): Promise<string> {
  const kind = manifest.compiled_packages == null ? 'source' : 'compiled';
  // A Director that cannot say gets everything.
  const text = formatReleaseManifest(manifest);
  const matches = await director.releases.matches(text, kind).catch((): string[] => []);
  signal.throwIfAborted();
  if (matches.length === 0) return path;
  const release = await extractRelease(path, join(workDir, 'parts'), signal);
  const isMissing = ({ fingerprint = '' }: { fingerprint?: string | undefined }): boolean =>
    !matches.includes(fingerprint);
  const parts = [
    ...release.jobs.map((job) => ({ ...job, member: `jobs/${job.name}.tgz` })),
    ...release.packages.filter(isMissing).map((one) => ({ ...one, member: `packages/${one.name}.tgz` })),
    ...release.compiledPackages
      .filter(isMissing)
      .map((one) => ({ ...one, member: `compiled_packages/${one.name}.tgz` })),
    ...(release.license === undefined ? [] : [{ ...release.license, member: 'license.tgz' }]),
  ];
  const slim = join(workDir, 'slim.tgz');
  const there = parts.flatMap((part) => (part.path === undefined ? [] : [{ member: part.member, path: part.path }]));
  await writeReleaseTarball(slim, release.manifestText, { parts: there, signal });
  return slim;
}
