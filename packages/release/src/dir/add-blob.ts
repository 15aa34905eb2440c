import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { innerPath } from '@boti/archive';
import { ExpectedError, errnoOf, isThere } from '@boti/core';
import { type Blob, changeBlobs, listBlobs } from './blobs-index.ts';
import { type Copied, copyWhole } from './copy-whole.ts';

/** Copies a file to blobs/PATH and records its size and digest. Until both are done the blob is as it was. */
export async function addBlob(dir: string, file: string, blobPath: string, signal?: AbortSignal): Promise<Blob> {
  const path = innerPath(blobPath);
  if (path === undefined || path === '') {
    throw new ExpectedError(`Blob path '${blobPath}' is not a path within blobs/`, {
      hint: 'For example: lib/lib.tgz',
    });
  }
  await listBlobs(dir);
  const target = join(dir, 'blobs', path);
  await mkdir(dirname(target), { recursive: true });
  const { size, digest } = await copyIn(file, target, signal);
  const blob: Blob = { path, size, objectId: undefined, sha: digest };
  const after = await changeBlobs(dir, (blobs) => {
    const known = blobs.find((other) => other.path === path);
    return known?.sha === digest ? blobs : [...blobs.filter((other) => other !== known), blob];
  });
  return after.find((other) => other.path === path) ?? blob;
}

async function copyIn(file: string, target: string, signal: AbortSignal | undefined): Promise<Copied> {
  try {
    return await copyWhole(file, target, { mode: 0o600, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (errnoOf(error) === 'EISDIR') throw new ExpectedError(`Blob file '${file}' is a folder`);
    if (errnoOf(error) !== 'ENOENT' || (await isThere(file))) throw error;
    throw new ExpectedError(`Blob file '${file}' does not exist`);
  }
}

/** Takes a blob out of config/blobs.yml and blobs/. Absent is success. */
export async function removeBlob(dir: string, blobPath: string): Promise<void> {
  const path = innerPath(blobPath) ?? blobPath;
  await changeBlobs(dir, (blobs) =>
    blobs.some((blob) => blob.path === path) ? blobs.filter((blob) => blob.path !== path) : blobs,
  );
  if (innerPath(blobPath) !== undefined) await rm(join(dir, 'blobs', path), { force: true });
}
