import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runCommand, writeFileAtomic } from '@boti/core';
import { createRelease } from '@boti/release';
import { z } from 'zod';
import type { BotiHome } from './boti-home.ts';
import { sourceTree } from './source-tree.ts';

const recordSchema = z.object({ contentHash: z.string(), version: z.string() });
type ReleaseRecord = z.infer<typeof recordSchema>;

export interface ExampleRelease extends ReleaseRecord {
  /** Undefined when this very content was built before. */
  readonly tarball: string | undefined;
}

export interface ReleaseBuild {
  readonly signal: AbortSignal;
  /** Versions of the release that the Director has. */
  uploadedVersions(): Promise<readonly string[]>;
  onProgress(text: string): void;
}

/** Builds the example release, unless what it is made of is what the Director has. */
export async function buildExampleRelease(home: BotiHome, build: ReleaseBuild): Promise<ExampleRelease> {
  const contentHash = await hashOf(sourceTree.exampleRelease);
  const known = await readRecord(home);
  if (known?.contentHash === contentHash && (await build.uploadedVersions()).includes(known.version)) {
    return { ...known, tarball: undefined };
  }
  build.onProgress("getting Redis's source");
  await runCommand(process.execPath, [sourceTree.fetchRedisSource], { signal: build.signal });
  const dir = join(home.work, 'example-release');
  await rm(dir, { recursive: true, force: true });
  await mkdir(home.work, { recursive: true, mode: 0o700 });
  await cp(sourceTree.exampleRelease, dir, { recursive: true, filter: (path) => !isBuilt(path) });
  const tarball = join(home.work, 'example-release.tgz');
  const created = await createRelease({
    dir,
    timestampVersion: true,
    force: true,
    tarball,
    cacheDir: join(home.cache, 'release-archives'),
    signal: build.signal,
    onProgress: (text) => build.onProgress(text),
  });
  return { contentHash, version: created.manifest.version, tarball };
}

/** To be called once the Director has it. */
export async function recordExampleRelease(home: BotiHome, { contentHash, version }: ReleaseRecord): Promise<void> {
  await writeFileAtomic(home.exampleRelease, `${JSON.stringify({ contentHash, version })}\n`, 0o600);
  await rm(home.work, { recursive: true, force: true });
}

async function readRecord(home: BotiHome): Promise<ReleaseRecord | undefined> {
  const text = await readFile(home.exampleRelease, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : recordSchema.safeParse(JSON.parse(text)).data;
}

const builtFolders = ['.dev_builds', 'dev_releases'];

const isBuilt = (path: string): boolean =>
  builtFolders.includes(relative(sourceTree.exampleRelease, path).split('/')[0] ?? '');

const sourceFolders = ['config', 'jobs', 'packages', 'src'];

/** Of names and contents of all that the release is made of; blobs are in it by their digests in blobs.yml. */
async function hashOf(dir: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const name = relative(dir, file);
    if (!sourceFolders.includes(name.split('/')[0] ?? '')) continue;
    hash
      .update(`${name}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}
