import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, ExpectedError, errnoOf, messageOf, systemClock, writeFileAtomic } from '@boti/core';
import { formatReleaseManifest, parseReleaseManifest, type ReleaseManifest } from '../formats/release-manifest.ts';
import { nextDevVersion, nextFinalVersion, parseVersion, sortVersions, withoutPost } from '../version.ts';
import { syncBlobsIn } from './blobs.ts';
import { releaseIndex } from './build-index.ts';
import { readGitState, requireCleanGit } from './git-state.ts';
import { promoteBuilds } from './promote-builds.ts';
import { readSources } from './read-sources.ts';
import { type DirectoryOptions, openReleaseDirectory, type ReleaseDirectory } from './release-directory.ts';
import { type Build, findBuild, resolveBuilds } from './resolve-builds.ts';
import type { JobSource, LicenseSource, PackageSource } from './sources.ts';
import { type TarballPart, writeReleaseTarball } from './write-release-tarball.ts';

export interface CreateReleaseOptions extends DirectoryOptions {
  readonly name?: string;
  readonly version?: string;
  /** Takes `+dev.SECONDS` as version; `version` wins. */
  readonly timestampVersion?: boolean;
  readonly final?: boolean;
  /** Goes on in spite of uncommitted changes. */
  readonly force?: boolean;
  /** Where to write a tarball; `((name))` and `((version))` are filled in. */
  readonly tarball?: string;
  /** Builds the tarball of an existing release manifest instead of a new release. */
  readonly manifestPath?: string;
  readonly clock?: Clock;
}

export interface CreatedRelease {
  readonly manifest: ReleaseManifest;
  readonly isFinal: boolean;
  /** The file under dev_releases/ or releases/; the given one with `manifestPath`. */
  readonly manifestPath: string;
  readonly tarball: string | undefined;
  /** Unknown keys in specs, with file, line and column. */
  readonly warnings: readonly string[];
}

/** Builds a dev release (or a final one) from a release directory, and its tarball if asked for. */
export async function createRelease(options: CreateReleaseOptions): Promise<CreatedRelease> {
  const release = await openReleaseDirectory(options);
  if (options.manifestPath !== undefined) return await fromManifest(release, options.manifestPath, options);
  const name = options.name ?? release.config.name();
  if (options.force !== true) await requireCleanGit(release.dir, release.signal);
  await syncBlobsIn(release, 5);
  const version = await chooseVersion(release, name, options);
  const sources = await readSources(release.dir);
  const packages = await resolveBuilds(release, sources.packages);
  const jobs = await resolveBuilds(release, sources.jobs);
  const license = await resolveBuilds(release, sources.license === undefined ? [] : [sources.license]);
  const manifest = await describe(release, { name, version: version.dev }, { jobs, packages, license: license[0] });
  let manifestPath = await recordRelease(release, 'dev_releases', manifest);
  let created = manifest;
  if (version.final !== undefined) {
    await promoteBuilds(release, [...packages, ...jobs, ...license]);
    created = { ...manifest, version: version.final };
    manifestPath = await recordRelease(release, 'releases', created);
  }
  const parts = [...[...jobs, ...packages, ...license].map(tarballPart), ...licenseFiles(sources.license)];
  const tarball = await writeTarball(release, { manifest: created, parts }, options.tarball);
  return { manifest: created, isFinal: version.final !== undefined, manifestPath, tarball, warnings: sources.warnings };
}

interface ChosenVersion {
  readonly dev: string;
  readonly final: string | undefined;
}

/** A final release leaves a dev release behind as well: under the version asked for, or the next dev version. */
async function chooseVersion(
  release: ReleaseDirectory,
  name: string,
  options: CreateReleaseOptions,
): Promise<ChosenVersion> {
  const { version, final = false } = options;
  const finals = await releaseIndex(join(release.dir, 'releases', name)).versions();
  const devs = await releaseIndex(join(release.dir, 'dev_releases', name)).versions();
  if (version !== undefined) {
    refuseTaken(version, final ? finals : devs);
    return { dev: version, final: final ? version : undefined };
  }
  const latest = sortVersions([...finals, ...devs]).at(-1) ?? '0';
  const seconds = Math.floor((options.clock ?? systemClock).now().getTime() / 1000);
  const dev = options.timestampVersion === true ? `${withoutPost(latest)}+dev.${seconds}` : nextDevVersion(latest);
  return { dev, final: final ? nextFinalVersion(sortVersions(finals).at(-1) ?? '0') : undefined };
}

function refuseTaken(version: string, taken: readonly string[]): void {
  parseVersion(version);
  if (!taken.includes(version)) return;
  throw new ExpectedError(`Release version '${version}' already exists`, {
    hint: 'Give another --version, or leave it out to take the next one.',
  });
}

interface Builds {
  readonly jobs: readonly Build<JobSource>[];
  readonly packages: readonly Build<PackageSource>[];
  readonly license: Build<LicenseSource> | undefined;
}

async function describe(
  release: ReleaseDirectory,
  { name, version }: { readonly name: string; readonly version: string },
  { jobs, packages, license }: Builds,
): Promise<ReleaseManifest> {
  const git = await readGitState(release.dir, release.signal);
  const entry = ({ fingerprint, sha1 }: Build) => ({ version: fingerprint, fingerprint, sha1 });
  return {
    name,
    version,
    commit_hash: git.commitHash,
    uncommitted_changes: git.isDirty,
    jobs: jobs.map((job) => ({ name: job.source.name, ...entry(job), packages: [...job.source.packages] })),
    packages: packages.map((item) => ({
      name: item.source.name,
      ...entry(item),
      dependencies: [...item.source.dependencies],
    })),
    ...(license === undefined ? {} : { license: entry(license) }),
  };
}

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

function tarballPart({ source, archive }: Build): TarballPart {
  const member = source.kind === 'license' ? 'license.tgz' : `${source.kind}s/${source.name}.tgz`;
  return { member, path: archive };
}

function licenseFiles(license: LicenseSource | undefined): readonly TarballPart[] {
  return (license?.files ?? []).map(({ relativePath, path }) => ({ member: relativePath, path, mode: 0o644 }));
}

interface TarballContent {
  readonly manifest: ReleaseManifest;
  readonly parts: readonly TarballPart[];
}

async function writeTarball(
  release: ReleaseDirectory,
  { manifest, parts }: TarballContent,
  wanted: string | undefined,
): Promise<string | undefined> {
  if (wanted === undefined) return undefined;
  const path = wanted.replaceAll('((name))', manifest.name).replaceAll('((version))', manifest.version);
  release.progress(`Writing '${path}'`);
  await writeReleaseTarball(path, formatReleaseManifest(manifest), { parts, signal: release.signal });
  return path;
}

async function fromManifest(
  release: ReleaseDirectory,
  manifestPath: string,
  options: CreateReleaseOptions,
): Promise<CreatedRelease> {
  const manifest = await readManifestFile(manifestPath);
  if (options.force !== true) await requireCleanGit(release.dir, release.signal);
  const wanted = [
    ...manifest.jobs.map((job) => ({ kind: 'job' as const, member: `jobs/${job.name}.tgz`, ...job })),
    ...(manifest.packages ?? []).map((item) => ({
      kind: 'package' as const,
      member: `packages/${item.name}.tgz`,
      ...item,
    })),
    ...(manifest.license == null
      ? []
      : [{ kind: 'license' as const, member: 'license.tgz', name: 'license', ...manifest.license }]),
  ];
  const parts: TarballPart[] = [];
  const missing: string[] = [];
  for (const { kind, name, member, version, fingerprint = version } of wanted) {
    const found = await findBuild(release, { kind, name } as never, fingerprint);
    if (found === undefined) missing.push(`${kind} '${name}/${fingerprint}'`);
    else parts.push({ member, path: found.archive });
  }
  if (missing.length > 0) {
    throw new ExpectedError(
      `'${manifestPath}' names builds that are neither in .dev_builds nor .final_builds: ${missing.join(', ')}`,
    );
  }
  const tarball = await writeTarball(release, { manifest, parts }, options.tarball);
  return { manifest, isFinal: false, manifestPath, tarball, warnings: [] };
}

async function readManifestFile(path: string): Promise<ReleaseManifest> {
  try {
    return parseReleaseManifest(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw new ExpectedError(`Release manifest '${path}' cannot be read: ${messageOf(cause)}`, { cause });
  }
}
