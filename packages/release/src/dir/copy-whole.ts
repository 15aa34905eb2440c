import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, open, rename, rm } from 'node:fs/promises';
import { formatDigest } from '@boti/core';
import { partialPath } from './partial-file.ts';

export interface CopyOptions {
  readonly mode: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Copied {
  readonly size: number;
  /** SHA-256, in BOSH's spelling. */
  readonly digest: string;
}

const pieceBytes = 1 << 18;

/** Copies a file; at `to` stands what was there before or the whole copy, never a part. */
export async function copyWhole(from: string, to: string, { mode, signal }: CopyOptions): Promise<Copied> {
  const partial = partialPath(to);
  try {
    const copied = await copy(from, partial, signal);
    await chmod(partial, mode);
    await rename(partial, to);
    return copied;
  } finally {
    await rm(partial, { force: true });
  }
}

async function copy(from: string, to: string, signal: AbortSignal | undefined): Promise<Copied> {
  const hash = createHash('sha256');
  let size = 0;
  const source = createReadStream(from, { highWaterMark: pieceBytes, ...(signal === undefined ? {} : { signal }) });
  await using target = await open(to, 'wx', 0o600);
  for await (const piece of source as AsyncIterable<Buffer>) {
    hash.update(piece);
    size += piece.length;
    await target.writeFile(piece);
  }
  return { size, digest: formatDigest('sha256', hash.digest('hex')) };
}

/** Copies a file whose digest is known to be right. The kernel does it, without a way to stop half-way. */
export async function copyCached(from: string, to: string): Promise<void> {
  const partial = partialPath(to);
  try {
    await copyFile(from, partial);
    await chmod(partial, 0o600);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
