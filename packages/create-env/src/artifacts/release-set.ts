import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import {
  type ExtractedRelease,
  extractRelease,
  type ReleaseJob,
  type ReleaseManifest,
  readJob,
  readReleaseManifest,
} from '@boti/release';
import type { ReleaseSource } from '../manifest/environment-manifest.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import { type Artifact, type ArtifactOptions, fetchArtifact, verifyArtifact } from './fetch-artifact.ts';

/** A release of the manifest; its content is unpacked when it is first asked for. */
export interface OpenRelease {
  readonly name: string;
  readonly version: string;
  readonly manifest: ReleaseManifest;
  /** Verifies the tarball and unpacks it. */
  extract(): Promise<ExtractedRelease>;
  /** Throws when the release has no such job. */
  job(name: string): Promise<ReleaseJob>;
}

export type ReleaseSet = ReadonlyMap<string, OpenRelease>;

export interface ReleaseOptions extends ArtifactOptions {
  /** Folder for what is unpacked; removed by its owner. */
  readonly tmp: string;
}

/** Fetches the releases and reads their manifests. */
export async function openReleases(
  sources: readonly ReleaseSource[],
  options: ReleaseOptions,
  stage: Stage,
): Promise<ReleaseSet> {
  const releases = new Map<string, OpenRelease>();
  for (const source of sources) {
    const artifact = { what: `release '${source.name}'`, url: source.url, sha1: source.sha1 };
    const path = await fetchArtifact(artifact, options, stage);
    const release = await stage.step(`Validating release '${source.name}'`, () =>
      openRelease(source, { artifact, path }, options),
    );
    releases.set(source.name, release);
  }
  return releases;
}

async function openRelease(
  source: ReleaseSource,
  { artifact, path }: { readonly artifact: Artifact; readonly path: string },
  options: ReleaseOptions,
): Promise<OpenRelease> {
  const { signal, tmp } = options;
  const manifest = await within(`Reading release '${path}'`, signal, () => readReleaseManifest(path, signal));
  checkIdentity(source, manifest, path);
  let extracted: Promise<ExtractedRelease> | undefined;
  const jobs = new Map<string, Promise<ReleaseJob>>();
  const extract = (): Promise<ExtractedRelease> => {
    extracted ??= within(`Extracting release '${path}'`, signal, async () => {
      await verifyArtifact(artifact, path);
      return await extractRelease(path, join(tmp, `release-${source.name}`), signal);
    });
    return extracted;
  };
  return {
    name: manifest.name,
    version: manifest.version,
    manifest,
    extract,
    async job(name) {
      const known = jobs.get(name) ?? readOneJob(await extract(), name, signal);
      jobs.set(name, known);
      return await known;
    },
  };
}

async function readOneJob(
  { jobs, manifest }: ExtractedRelease,
  name: string,
  signal: AbortSignal,
): Promise<ReleaseJob> {
  const entry = jobs.find((job) => job.name === name);
  if (entry?.path === undefined) {
    const known = manifest.jobs.map((job) => job.name).join(', ');
    throw new ExpectedError(`Release '${manifest.name}' has no job '${name}'`, { hint: `It has: ${known}` });
  }
  return await readJob(entry.path, { name, signal });
}

function checkIdentity(source: ReleaseSource, manifest: ReleaseManifest, path: string): void {
  if (manifest.name !== source.name) {
    throw new ExpectedError(
      `Release name '${source.name}' in the manifest does not match the name in release tarball '${path}': '${manifest.name}'`,
    );
  }
  if (source.version !== '' && source.version !== 'latest' && source.version !== manifest.version) {
    throw new ExpectedError(
      `Release '${source.name}' has version '${source.version}' in the manifest, but '${manifest.version}' in '${path}'`,
    );
  }
}

/** The release that a job reference names; checkReleaseSet has seen to it that there is one. */
export function releaseOf(releases: ReleaseSet, name: string): OpenRelease {
  const release = releases.get(name);
  if (release === undefined) throw new ExpectedError(`Release '${name}' is not among the releases of the manifest`);
  return release;
}
