import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type BlobId, blobId } from '@boti/core';
import { BlobDirectory } from './blob-directory.ts';
import type { BlobReadOptions, Blobstore } from './blobstore.ts';
import { BlobNotFound } from './blobstore-errors.ts';
import { throughDigest } from './verify-stream.ts';
import { writeStreamAtomic } from './write-stream-atomic.ts';

/** Blobs in a directory of this machine, laid out as the DAV server's: both may serve the same one. */
export function localBlobstore(path: string): Blobstore {
  const directory = new BlobDirectory(path);

  async function open(id: BlobId, options: BlobReadOptions = {}): Promise<Readable> {
    options.signal?.throwIfAborted();
    const stream = await directory.read(id);
    if (stream === undefined) throw new BlobNotFound(id, `the directory ${path}`);
    return throughDigest(stream, id, options.digest);
  }

  return {
    async put(content, { id = blobId(randomUUID()), signal } = {}) {
      const stream = 'path' in content ? createReadStream(content.path, { highWaterMark: 1 << 20 }) : content.stream;
      await directory.write(id, stream, { signal });
      return id;
    },
    open,
    async get(id, target, options = {}) {
      await writeStreamAtomic(target, await open(id, options), {
        signal: options.signal,
        mode: 0o644,
        isLasting: options.isFleeting !== true,
      });
    },
    exists: async (id) => (await directory.size(id)) !== undefined,
    async delete(id) {
      await directory.delete(id);
    },
    signedUrl: () => undefined,
    agentSettings: () => ({ provider: 'local', options: { blobstore_path: path } }),
  };
}
