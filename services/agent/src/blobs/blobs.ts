import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile, ExpectedError, isReachable, openTempDir, retry, verifyFileDigest } from '@boti/core';
import { wrapError } from '../action-error.ts';
import type { Dirs } from '../dirs.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { type BlobProvider, blobProvider } from './blob-provider.ts';
import { download, upload } from './http-transfer.ts';

export interface BlobRef {
  readonly blobId?: string | undefined;
  readonly digest: string;
  readonly signedUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
}

export interface FetchedBlob extends AsyncDisposable {
  readonly path: string;
}

const attempts = 3;
const signedDelayMs = 5000;

/** Fetches and stores blobs. */
export class Blobs {
  readonly #dirs: Dirs;
  readonly #settings: SettingsStore;

  constructor(dirs: Dirs, settings: SettingsStore) {
    this.#dirs = dirs;
    this.#settings = settings;
  }

  /** Brings a blob into a temporary file and verifies it. Order: signed URL, sensitive blobs, local blobs, blobstore. */
  async fetch(ref: BlobRef): Promise<FetchedBlob> {
    await mkdir(this.#dirs.tmp, { recursive: true });
    const dir = await openTempDir('blob-', this.#dirs.tmp);
    const path = join(dir.path, 'blob');
    try {
      await this.#get(ref, path);
      return { path, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
    } catch (error) {
      await dir[Symbol.asyncDispose]();
      throw wrapError(error, `Getting blob ${ref.blobId ?? ''} from blobstore`);
    }
  }

  async #get({ blobId = '', digest, signedUrl, headers }: BlobRef, path: string): Promise<void> {
    const get = async (fetch: () => Promise<void>): Promise<void> => {
      await fetch();
      await verifyFileDigest(path, digest, `Blob ${blobId}`);
    };
    if (signedUrl) {
      const options = headers ? { headers } : {};
      return await retry({ attempts, delayMs: signedDelayMs, isRetriable: () => true }, () =>
        get(() => download(signedUrl, path, options)),
      );
    }
    const local = await this.#localFile(blobId);
    if (local !== undefined) return await get(() => copyFile(local, path));
    const provider = this.#provider();
    return await retry({ attempts, delayMs: 500, isRetriable: () => true }, () =>
      get(() => provider.get(blobId, path)),
    );
  }

  async #localFile(id: string): Promise<string | undefined> {
    if (id === '') return undefined;
    for (const path of [this.sensitivePath(id), this.localPath(id)]) {
      if (await isReachable(path)) return path;
    }
    return undefined;
  }

  /** Uploads a file; the id is new, the digest SHA-1. */
  async store(path: string): Promise<{ readonly blobId: string; readonly digest: string }> {
    const blobId = randomUUID();
    const provider = this.#provider();
    await retry({ attempts, delayMs: 500, isRetriable: () => true }, () => provider.put(path, blobId));
    return { blobId, digest: await digestOfFile(path, 'sha1') };
  }

  /** Uploads a file to a signed URL and answers `<sha1>;sha512:<hex>`. */
  async storeAt(path: string, url: string, headers?: Readonly<Record<string, string>> | null): Promise<string> {
    const options = headers ? { headers } : {};
    await retry({ attempts, delayMs: signedDelayMs, isRetriable: () => true }, () => upload(path, url, options));
    return `${await digestOfFile(path, 'sha1')};${await digestOfFile(path, 'sha512')}`;
  }

  /** Removes what was delivered for one use: rendered templates hold secrets. */
  async forget(id: string): Promise<void> {
    if (id !== '') await rm(this.sensitivePath(id), { force: true });
  }

  sensitivePath(id: string): string {
    return join(this.#dirs.sensitiveBlobs, checkedId(id));
  }

  localPath(id: string): string {
    return join(this.#dirs.blobs, checkedId(id));
  }

  #provider(): BlobProvider {
    const [settings] = this.#settings.blobstores;
    if (settings === undefined) {
      throw new ExpectedError('This VM has no blobstore', {
        hint: 'Neither its settings nor update_settings name one.',
      });
    }
    return blobProvider(settings, this.#dirs);
  }
}

function checkedId(id: string): string {
  if (/^[\w.-]+$/.test(id) && !id.startsWith('.')) return id;
  throw new ExpectedError(`'${id}' is no blob id`);
}
