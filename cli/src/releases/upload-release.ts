import { join } from 'node:path';
import { openTempDir, runCommand } from '@boti/core';
import { fileBody, type Release, type ReleaseVersion } from '@boti/director-api';
import { createRelease, readReleaseManifest } from '@boti/release';
import type { DirectorContext } from '../command.ts';
import { isGitUrl, isUrl, localPath } from '../session/location.ts';
import { latestReleaseManifest } from './latest-release-manifest.ts';
import { withoutMatches } from './without-matches.ts';

export interface UploadReleaseOptions {
  readonly rebase?: boolean;
  readonly fix?: boolean;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly sha1?: string | undefined;
  /** `os/version`: the release counts as there only if it is compiled for this stemcell. */
  readonly stemcell?: string | undefined;
}

export type Uploader = Pick<DirectorContext, 'director' | 'ui' | 'followTask' | 'signal'>;

/** Uploads a release from a URL, a git repository or a tarball, unless the Director has it. */
export async function uploadRelease(context: Uploader, location: string, options: UploadReleaseOptions): Promise<void> {
  if (await alreadyThere(context, options)) return;
  if (isGitUrl(location)) return await uploadFromGit(context, location, options);
  if (isUrl(location)) {
    const { rebase = false, fix = false, sha1 } = options;
    await context.followTask(await context.director.releases.uploadFrom(location, sha1, { rebase, fix }));
    return;
  }
  await uploadTarball(context, localPath(location), options);
}

/** Builds the newest (or the named) release of a release directory into a tarball and uploads it. */
export async function uploadReleaseDirectory(
  context: Uploader,
  dir: string,
  options: UploadReleaseOptions,
): Promise<void> {
  const { ui, signal } = context;
  await using work = await openTempDir('boti-release-');
  const manifestPath = await latestReleaseManifest(dir, options);
  const tarball = join(work.path, 'release.tgz');
  const created = await createRelease({ dir, manifestPath, tarball, signal, onProgress: (text) => ui.line(text) });
  const { name, version } = created.manifest;
  if (await alreadyThere(context, { ...options, name, version })) return;
  await uploadTarball(context, tarball, options);
}

async function uploadTarball(context: Uploader, path: string, options: UploadReleaseOptions): Promise<void> {
  const { director, ui, followTask, signal } = context;
  const { rebase = false, fix = false } = options;
  const manifest = await readReleaseManifest(path, signal);
  await using work = await openTempDir('boti-release-');
  const sent = fix ? path : await withoutMatches(context, { path, manifest, workDir: work.path });
  const body = await fileBody(sent, (done, total) => ui.progress(done, total));
  await followTask(await director.releases.upload(body, { rebase, fix }));
}

async function uploadFromGit(context: Uploader, location: string, options: UploadReleaseOptions): Promise<void> {
  await using work = await openTempDir('boti-release-');
  const clone = join(work.path, 'repository');
  await runCommand('git', ['clone', '--depth', '1', location.slice('git+'.length), clone], { signal: context.signal });
  await uploadReleaseDirectory(context, clone, options);
}

/** The check that name and version make possible; it also says what it found. */
async function alreadyThere({ director, ui }: Uploader, options: UploadReleaseOptions): Promise<boolean> {
  const { name, version, fix = false, stemcell } = options;
  if (fix || name === undefined || version === undefined) return false;
  if (!hasVersion(await director.releases.list(), name, version)) return false;
  if (!isComplete(await director.releases.get(name, version), stemcell)) return false;
  ui.line(`Release '${name}/${version}' already exists.`);
  return true;
}

function hasVersion(releases: readonly Release[], name: string, version: string): boolean {
  const versions = releases.find((release) => release.name === name)?.release_versions ?? [];
  return versions.some((one) => one.version === version);
}

/** Every package has its source, or is compiled for the stemcell. */
export function isComplete({ packages }: ReleaseVersion, stemcell: string | undefined): boolean {
  return packages.every((one) =>
    stemcell === undefined
      ? one.blobstore_id !== null && one.blobstore_id !== ''
      : one.compiled_packages.some((compiled) => compiled.stemcell === stemcell),
  );
}
