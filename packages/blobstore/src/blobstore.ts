import type { Readable } from 'node:stream';
import type { BlobId } from '@boti/core';

/** Content by id. Every provider passes the tests in provider-contract.ts. */
export interface Blobstore {
  /** Stores a file, or a stream, under `id` or a new UUID and answers the id. */
  put(
    content: { readonly path: string } | { readonly stream: Readable },
    options?: { readonly id?: BlobId },
  ): Promise<BlobId>;
  /** Writes the blob to `path` (replaced atomically). Throws BlobNotFound. */
  get(id: BlobId, path: string): Promise<void>;
  /** The blob as a stream. Throws BlobNotFound. */
  open(id: BlobId): Promise<Readable>;
  exists(id: BlobId): Promise<boolean>;
  /** Absent is success. */
  delete(id: BlobId): Promise<void>;
  /** A URL that allows one verb on one blob for `seconds`; undefined when the provider cannot sign. */
  signedUrl(id: BlobId, verb: 'GET' | 'PUT', seconds: number): string | undefined;
  /** What agents need in `blobstores` settings to reach it (provider without `cli` suffix). */
  agentSettings(): { readonly provider: string; readonly options: Readonly<Record<string, unknown>> };
}
