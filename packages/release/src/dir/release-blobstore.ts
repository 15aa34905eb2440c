import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ExpectedError, errnoOf, verifyFileDigest } from '@boti/core';
import type { BlobstoreConfig } from './release-config.ts';

/** Where a release keeps its blobs and final builds. */
export interface ReleaseBlobstore {
  /** Stores the file and answers its id. */
  put(path: string, signal?: AbortSignal): Promise<string>;
  /** Writes the blob to `path`. Throws DigestMismatch unless it has the digest. */
  get(id: string, path: string, options: BlobGetOptions): Promise<void>;
}

export interface BlobGetOptions {
  readonly digest: string;
  readonly signal: AbortSignal | undefined;
}

export type OpenReleaseBlobstore = (config: BlobstoreConfig, dir: string) => ReleaseBlobstore;

/** Opens provider `local`; other providers are the caller's. */
export const openLocalReleaseBlobstore: OpenReleaseBlobstore = (config, dir) => {
  if (config.provider !== 'local') {
    throw new ExpectedError(`Blobstore provider '${config.provider}' in '${config.file}' is not known here`, {
      hint: "The provider 'local' keeps blobs in a folder: options: {blobstore_path: /var/blobs}.",
    });
  }
  const { blobstore_path: root } = config.options;
  if (typeof root !== 'string' || root === '') {
    throw new ExpectedError(`The local blobstore in '${config.file}' is missing blobstore_path`, {
      hint: 'Add options: {blobstore_path: FOLDER} under blobstore.',
    });
  }
  return localReleaseBlobstore(resolve(dir, root));
};

function localReleaseBlobstore(root: string): ReleaseBlobstore {
  return {
    async put(path) {
      const id = randomUUID();
      await mkdir(root, { recursive: true });
      await copyWhole(path, join(root, id));
      return id;
    },
    async get(id, path, { digest }) {
      if (!/^[\w.-]+$/.test(id) || id.startsWith('.')) throw new ExpectedError(`'${id}' cannot be the id of a blob`);
      const source = join(root, id);
      try {
        await copyWhole(source, path);
        await verifyFileDigest(path, digest, `Blob '${id}'`);
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        throw new ExpectedError(`Blob '${id}' is not in the blobstore: no file '${source}'`, {
          hint: "Check blobstore_path in config/final.yml, and that the blob's id is right.",
        });
      }
    },
  };
}

/** The copy appears under its name only when it is complete. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${to}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, partial);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}
