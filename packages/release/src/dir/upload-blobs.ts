import { join } from 'node:path';
import { ExpectedError, formatBytes, isThere, mapConcurrent, verifyFileDigest } from '@boti/core';
import { type Blob, changeBlobs, listBlobs } from './blobs-index.ts';
import { type DirectoryOptions, openReleaseDirectory, type ReleaseDirectory } from './release-directory.ts';

/** Uploads the blobs that have no object id yet and records the ids, each at once: an interrupted run goes on later. */
export async function uploadBlobs(options: DirectoryOptions): Promise<void> {
  const release = await openReleaseDirectory(options);
  const waiting = (await listBlobs(release.dir)).filter(({ objectId }) => objectId === undefined);
  await mapConcurrent(waiting, release.parallel, (blob) => upload(release, blob));
}

async function upload(release: ReleaseDirectory, blob: Blob): Promise<void> {
  release.signal?.throwIfAborted();
  const path = join(release.dir, 'blobs', blob.path);
  release.progress(`Blob upload '${blob.path}' (${formatBytes(blob.size)}) (sha1: ${blob.sha}) started`);
  if (!(await isThere(path))) {
    throw new ExpectedError(`Blob '${blob.path}' cannot be uploaded: '${path}' is missing`, {
      hint: 'Add it again with add-blob, or take it out with remove-blob.',
    });
  }
  await verifyFileDigest(path, blob.sha, `Blob '${blob.path}'`);
  const objectId = await release.blobstore().put(path, release.signal);
  await changeBlobs(release.dir, (blobs) =>
    blobs.map((other) => (other.path === blob.path && other.sha === blob.sha ? { ...other, objectId } : other)),
  );
  release.progress(`Blob upload '${blob.path}' (id: ${objectId}) finished`);
}
