import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DigestMismatch, ExpectedError, isThere, parseDigests, verifyFileDigest } from '@boti/core';
import { copyWhole } from './copy-whole.ts';
import { partialPath } from './partial-file.ts';

/** A folder of files named by their digest. Files appear whole or not at all. */
export interface ArchiveCache {
  /** The cached file with this digest, or undefined. A damaged one is thrown away. */
  find(digest: string): Promise<string | undefined>;
  /** Moves a new file in and answers its place. */
  take(path: string, digest: string): Promise<string>;
  /** Fetches a file into the cache unless it is there; `download` checks its digest. */
  fetch(digest: string, what: string, download: (path: string) => Promise<void>): Promise<string>;
  /** A place in the cache's file system for a file in the making; removed when disposed of. */
  temporary(): Promise<AsyncDisposable & { readonly path: string }>;
}

export function archiveCache(dir: string): ArchiveCache {
  const placeOf = (digest: string): string => {
    // Throws at what is no digest: it would lead elsewhere as a path.
    parseDigests(digest);
    if (/[/\0]/.test(digest)) throw new ExpectedError(`'${digest}' is not a digest`);
    return join(dir, digest);
  };

  async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
    await mkdir(dir, { recursive: true });
    // A folder, because whoever fills the file may have one of its own beside it meanwhile.
    const folder = partialPath(join(dir, 'archive'));
    await mkdir(folder);
    return { path: join(folder, 'file'), [Symbol.asyncDispose]: () => rm(folder, { force: true, recursive: true }) };
  }

  async function find(digest: string): Promise<string | undefined> {
    const path = placeOf(digest);
    if (!(await isThere(path))) return undefined;
    try {
      await verifyFileDigest(path, digest);
      return path;
    } catch {
      await rm(path, { force: true });
      return undefined;
    }
  }

  async function take(path: string, digest: string): Promise<string> {
    const place = placeOf(digest);
    await mkdir(dir, { recursive: true });
    await move(path, place);
    return place;
  }

  return {
    find,
    take,
    temporary,
    async fetch(digest, what, download) {
      const cached = await find(digest);
      if (cached !== undefined) return cached;
      await using part = await temporary();
      await download(part.path).catch((error: unknown) => {
        throw error instanceof DigestMismatch ? new DigestMismatch(what, error.expected, error.actual) : error;
      });
      return await take(part.path, digest);
    },
  };
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch {
    await copyWhole(from, to, { mode: 0o600 });
    await rm(from, { force: true });
  }
}
