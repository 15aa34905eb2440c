import type { Readable } from 'node:stream';
import type { BlobId } from '@boti/core';

export interface BlobOptions {
  readonly signal?: AbortSignal;
}

export interface BlobReadOptions extends BlobOptions {
  /** BOSH's digest text; content that does not have it is a DigestMismatch (of a stream: at its end). */
  readonly digest?: string;
  /** True where a power failure may lose the file that `get` writes: it is then not forced to the disk. */
  readonly isFleeting?: boolean;
}

/** Content by id. Every provider passes the tests in provider-contract.ts. */
export interface Blobstore {
  /** Stores a file, or a stream, under `id` or a new UUID and answers the id. */
  put(
    content: { readonly path: string } | { readonly stream: Readable },
    options?: BlobOptions & { readonly id?: BlobId },
  ): Promise<BlobId>;
  /** Writes the blob to `path` (replaced atomically). Throws BlobNotFound. */
  get(id: BlobId, path: string, options?: BlobReadOptions): Promise<void>;
  /** The blob as a stream. Throws BlobNotFound. */
  open(id: BlobId, options?: BlobReadOptions): Promise<Readable>;
  exists(id: BlobId, options?: BlobOptions): Promise<boolean>;
  /** Absent is success. */
  delete(id: BlobId, options?: BlobOptions): Promise<void>;
  /** A URL that allows one verb on one blob for `seconds`; undefined when the provider cannot sign. */
  signedUrl(id: BlobId, verb: 'GET' | 'PUT', seconds: number): string | undefined;
  /**
   * What agents need in `blobstores` settings to reach it (provider without `cli` suffix). With `signedUrls` the
   * options hold no credentials.
   */
  agentSettings(options?: { readonly signedUrls?: boolean }): {
    readonly provider: string;
    readonly options: Readonly<Record<string, unknown>>;
  };
}
