import { chmod, copyFile, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { innerPath } from '@boti/archive';
import {
  compareBytes,
  digestOfFile,
  ExpectedError,
  errnoOf,
  isThere,
  mapConcurrent,
  messageOf,
  readIfThere,
  verifyFileDigest,
  writeFileAtomic,
} from '@boti/core';
import { dumpYaml, loadYaml } from '@boti/manifest';
import { z } from 'zod';
import { problems } from '../formats/release-manifest.ts';
import { archiveCache } from './archive-cache.ts';
import { type DirectoryOptions, openReleaseDirectory, type ReleaseDirectory } from './release-directory.ts';

export interface Blob {
  /** Under blobs/. */
  readonly path: string;
  readonly size: number;
  /** Undefined until it is uploaded. */
  readonly objectId: string | undefined;
  readonly sha: string;
}

const schema = z.record(
  z.string(),
  z.object({
    size: z.number(),
    object_id: z.string().nullish(),
    sha: z.union([z.string(), z.number()]).transform(String),
  }),
);

/** What config/blobs.yml lists, in order of paths. */
export async function listBlobs(dir: string): Promise<readonly Blob[]> {
  const file = indexPath(dir);
  const text = (await readIfThere(file)) ?? '';
  const result = schema.safeParse(loadYaml(text, { file }) ?? {});
  if (!result.success) throw new ExpectedError(`Blobs index '${file}' is not valid:\n${problems(result.error)}`);
  const blobs = Object.entries(result.data).map(
    ([path, { size, object_id: objectId, sha }]): Blob => ({ path, size, objectId: objectId || undefined, sha }),
  );
  const outside = blobs.find(({ path }) => innerPath(path) !== path);
  if (outside !== undefined)
    throw new ExpectedError(`Blobs index '${file}' has a path outside blobs/: '${outside.path}'`);
  return blobs.sort((a, b) => compareBytes(a.path, b.path));
}

function indexPath(dir: string): string {
  return join(dir, 'config/blobs.yml');
}

async function writeBlobs(dir: string, blobs: readonly Blob[]): Promise<void> {
  const sorted = blobs.toSorted((a, b) => compareBytes(a.path, b.path));
  const entries = sorted.map(({ path, size, objectId, sha }) => [path, { size, object_id: objectId, sha }] as const);
  const text = entries.length === 0 ? '--- {}\n' : dumpYaml(new Map(entries.map(keepOrder)), { sortKeys: false });
  await mkdir(join(dir, 'config'), { recursive: true });
  await writeFileAtomic(indexPath(dir), text);
}

function keepOrder([path, entry]: readonly [string, object]): [string, object] {
  return [path, entry];
}

/** Copies a file to blobs/PATH and records its size and digest. */
export async function addBlob(dir: string, file: string, blobPath: string): Promise<Blob> {
  const path = innerPath(blobPath);
  if (path === undefined || path === '') {
    throw new ExpectedError(`Blob path '${blobPath}' is not a path within blobs/`, {
      hint: 'For example: lib/lib.tgz',
    });
  }
  const blobs = await listBlobs(dir);
  const target = join(dir, 'blobs', path);
  await mkdir(dirname(target), { recursive: true });
  await putInPlace(file, target);
  const blob = { path, size: (await stat(target)).size, objectId: undefined, sha: await digestOfFile(target) };
  const known = blobs.find((other) => other.path === path);
  const kept = known !== undefined && known.sha === blob.sha ? known : blob;
  await writeBlobs(dir, [...blobs.filter((other) => other.path !== path), kept]);
  return kept;
}

async function putInPlace(from: string, to: string): Promise<void> {
  const partial = `${to}.part`;
  try {
    await copyFile(from, partial);
    await chmod(partial, 0o600);
    await rename(partial, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || (await isThere(from))) throw error;
    throw new ExpectedError(`Blob file '${from}' does not exist`);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Takes a blob out of config/blobs.yml and blobs/. Absent is success. */
export async function removeBlob(dir: string, blobPath: string): Promise<void> {
  const blobs = await listBlobs(dir);
  const path = innerPath(blobPath) ?? blobPath;
  const kept = blobs.filter((blob) => blob.path !== path);
  if (kept.length < blobs.length) await rm(join(dir, 'blobs', path), { force: true });
  if (kept.length < blobs.length) await writeBlobs(dir, kept);
}

export interface SyncOptions extends DirectoryOptions {
  /** Downloads at once; 5 by default. */
  readonly parallel?: number;
}

/** Makes blobs/ hold exactly what config/blobs.yml lists: fetches what is missing, deletes what is not listed. */
export async function syncBlobs(options: SyncOptions): Promise<void> {
  await syncBlobsIn(await openReleaseDirectory(options), options.parallel ?? 5);
}

export async function syncBlobsIn(release: ReleaseDirectory, parallel: number): Promise<void> {
  const blobs = await listBlobs(release.dir);
  await refuseLinks(join(release.dir, 'blobs'));
  const failures: unknown[] = [];
  await mapConcurrent(blobs, parallel, async (blob) => {
    try {
      await fetchBlob(release, blob);
    } catch (error) {
      release.signal?.throwIfAborted();
      failures.push(
        new ExpectedError(`Blob '${blob.path}' (id: ${blob.objectId}) cannot be fetched: ${messageOf(error)}`),
      );
    }
  });
  if (failures.length > 0) throw new AggregateError(failures, '');
  await deleteStrays(release, blobs);
}

async function fetchBlob(release: ReleaseDirectory, blob: Blob): Promise<void> {
  release.signal?.throwIfAborted();
  const target = join(release.dir, 'blobs', blob.path);
  if (blob.objectId === undefined || (await hasSize(target, blob.size))) return;
  const { objectId } = blob;
  release.progress(`Blob download '${blob.path}' (${blob.size} B) (id: ${objectId}) started`);
  const cache = archiveCache(release.cacheDir);
  const cached = await cache.fetch(blob.sha, `Blob '${blob.path}' (id: ${objectId})`, (path) =>
    release.blobstore().get(objectId, path, release.signal),
  );
  await mkdir(dirname(target), { recursive: true });
  await putInPlace(cached, target);
  release.progress(`Blob download '${blob.path}' (id: ${objectId}) finished`);
}

async function hasSize(path: string, size: number): Promise<boolean> {
  return (await isThere(path)) && (await lstat(path)).size === size;
}

async function refuseLinks(folder: string): Promise<void> {
  for (const entry of await entriesBelow(folder)) {
    if (!entry.isSymbolicLink) continue;
    throw new ExpectedError(`There is a symlink in blobs/: '${entry.path}'`, {
      hint: 'Blobs are plain files since version 2 of the CLI: run reset-release, then sync-blobs.',
    });
  }
}

async function deleteStrays(release: ReleaseDirectory, blobs: readonly Blob[]): Promise<void> {
  const listed = new Set(blobs.map(({ path }) => join(release.dir, 'blobs', path)));
  for (const { path } of await entriesBelow(join(release.dir, 'blobs'))) {
    if (listed.has(path)) continue;
    release.progress(`Deleting '${path}', which config/blobs.yml does not list`);
    await rm(path);
  }
}

async function entriesBelow(
  folder: string,
): Promise<readonly { readonly path: string; readonly isSymbolicLink: boolean }[]> {
  if (!(await isThere(folder))) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ path: join(entry.parentPath, entry.name), isSymbolicLink: entry.isSymbolicLink() }));
}

/** Uploads the blobs that have no object id yet and records the ids, each at once: an interrupted run goes on later. */
export async function uploadBlobs(options: DirectoryOptions): Promise<void> {
  const release = await openReleaseDirectory(options);
  for (const blob of await listBlobs(release.dir)) {
    if (blob.objectId !== undefined) continue;
    release.signal?.throwIfAborted();
    release.progress(`Blob upload '${blob.path}' started`);
    const path = join(release.dir, 'blobs', blob.path);
    if (!(await isThere(path))) {
      throw new ExpectedError(`Blob '${blob.path}' cannot be uploaded: '${path}' is missing`, {
        hint: 'Add it again with add-blob, or take it out with remove-blob.',
      });
    }
    await verifyFileDigest(path, blob.sha, `Blob '${blob.path}'`);
    const objectId = await release.blobstore().put(path, release.signal);
    const blobs = await listBlobs(release.dir);
    await writeBlobs(release.dir, [...blobs.filter((other) => other.path !== blob.path), { ...blob, objectId }]);
    release.progress(`Blob upload '${blob.path}' (id: ${objectId}) finished`);
  }
}
