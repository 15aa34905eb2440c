import { join } from 'node:path';
import { type Clock, ExpectedError, systemClock } from '@boti/core';
import type { ReleaseManifest } from '../formats/release-manifest.ts';
import { nextDevVersion, nextFinalVersion, parseVersion, sortVersions, withoutPost } from '../version.ts';
import { readBlobs } from './blobs-index.ts';
import { releaseIndex } from './build-index.ts';
import { createFromManifest } from './create-from-manifest.ts';
import { readGitState, requireCleanGit } from './git-state.ts';
import { promoteBuilds } from './promote-builds.ts';
import { type ReleaseSources, readSources } from './read-sources.ts';
import { recordRelease } from './record-release.ts';
import { type DirectoryOptions, openReleaseDirectory, type ReleaseDirectory } from './release-directory.ts';
import { type Build, resolveBuilds } from './resolve-builds.ts';
import type { JobSource, LicenseSource, PackageSource } from './sources.ts';
import { syncBlobsIn } from './sync-blobs.ts';
import type { TarballPart } from './write-release-tarball.ts';
import { writeWantedTarball } from './write-wanted-tarball.ts';

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
  /** Called when a manifest stands in dev_releases/ or releases/: a final release leaves one in each. */
  readonly onRecorded?: (kind: 'dev' | 'final', manifest: ReleaseManifest) => void;
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
  if (options.manifestPath !== undefined) {
    const { manifestPath } = options;
    const made = await createFromManifest(release, manifestPath, options);
    return { ...made, isFinal: false, manifestPath, warnings: [] };
  }
  const name = options.name ?? release.config.name();
  if (options.force !== true) await requireCleanGit(release.dir, release.signal);
  const blobs = await readBlobs(release.dir);
  await syncBlobsIn(release);
  const version = await chooseVersion(release, name, options);
  const sources = await readSources(release.dir);
  const packages = await resolveBuilds(release, sources.packages);
  const jobs = await resolveBuilds(release, sources.jobs);
  const license = await resolveBuilds(release, sources.license === undefined ? [] : [sources.license]);
  const manifest = await describe(release, { name, version: version.dev }, { jobs, packages, license: license[0] });
  let manifestPath = await recordRelease(release, 'dev_releases', manifest);
  options.onRecorded?.('dev', manifest);
  let created = manifest;
  if (version.final !== undefined) {
    await promoteBuilds(release, [...packages, ...jobs, ...license]);
    created = { ...manifest, version: version.final };
    manifestPath = await recordRelease(release, 'releases', created);
    options.onRecorded?.('final', created);
  }
  const warnings = [...release.config.warnings, ...blobs.warnings, ...sources.warnings, ...mismatch(release, sources)];
  const parts = [...[...jobs, ...packages, ...license].map(tarballPart), ...licenseFiles(sources.license)];
  const tarball = await writeWantedTarball(release, { manifest: created, parts }, options.tarball);
  return { manifest: created, isFinal: version.final !== undefined, manifestPath, tarball, warnings };
}

/** A package may be stored as a plain tar to be compared by blocks; a compressed tarball around it undoes that. */
function mismatch({ config, dir }: ReleaseDirectory, { packages }: ReleaseSources): readonly string[] {
  const plain = packages.filter(({ noCompression }) => noCompression).map(({ name }) => `'${name}'`);
  if (config.noCompression || plain.length === 0) return [];
  const file = join(dir, 'config/final.yml');
  return [
    `Packages with no_compression: true (${plain.join(', ')}) in a release without it: consider it in ${file} too`,
  ];
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
    ...(release.config.noCompression ? { no_compression: true } : {}),
  };
}

function tarballPart({ source, archive }: Build): TarballPart {
  const member = source.kind === 'license' ? 'license.tgz' : `${source.kind}s/${source.name}.tgz`;
  return { member, path: archive };
}

function licenseFiles(license: LicenseSource | undefined): readonly TarballPart[] {
  return (license?.files ?? []).map(({ relativePath, path }) => ({ member: relativePath, path, mode: 0o644 }));
}
