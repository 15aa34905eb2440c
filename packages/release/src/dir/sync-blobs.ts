import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedError, formatBytes, isThere, mapConcurrent, messageOf } from '@boti/core';
import { archiveCache } from './archive-cache.ts';
import { type Blob, listBlobs } from './blobs-index.ts';
import { copyCached } from './copy-whole.ts';
import { type DirectoryOptions, openReleaseDirectory, type ReleaseDirectory } from './release-directory.ts';

/**
 * Makes blobs/ hold exactly what config/blobs.yml lists: fetches what is missing, deletes what is not listed. What was
 * fetched before an interruption is not fetched again.
 */
export async function syncBlobs(options: DirectoryOptions): Promise<void> {
  await syncBlobsIn(await openReleaseDirectory(options));
}

export async function syncBlobsIn(release: ReleaseDirectory): Promise<void> {
  const blobs = await listBlobs(release.dir);
  await refuseLinks(join(release.dir, 'blobs'));
  const failures: unknown[] = [];
  await mapConcurrent(blobs, release.parallel, async (blob) => {
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
  await deleteStrays(release.dir, blobs);
}

async function fetchBlob(release: ReleaseDirectory, blob: Blob): Promise<void> {
  release.signal?.throwIfAborted();
  const target = join(release.dir, 'blobs', blob.path);
  const { path, objectId, sha, size } = blob;
  if (objectId === undefined || (await hasSize(target, size))) return;
  release.progress(`Blob download '${path}' (${formatBytes(size)}) (id: ${objectId} sha1: ${sha}) started`);
  const cache = archiveCache(release.cacheDir);
  const cached = await cache.fetch(sha, `Blob '${path}' (id: ${objectId})`, (to) =>
    release.blobstore().get(objectId, to, { digest: sha, signal: release.signal }),
  );
  await mkdir(dirname(target), { recursive: true });
  await copyCached(cached, target);
  release.progress(`Blob download '${path}' (id: ${objectId}) finished`);
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

async function deleteStrays(dir: string, blobs: readonly Blob[]): Promise<void> {
  const listed = new Set(blobs.map(({ path }) => join(dir, 'blobs', path)));
  for (const { path } of await entriesBelow(join(dir, 'blobs'))) {
    if (!listed.has(path)) await rm(path);
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
