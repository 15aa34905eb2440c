import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface WriteStreamOptions {
  /** Where the file grows until it is whole; on the same file system as `path`. */
  readonly temporaryDirectory?: string;
  readonly mode?: number;
  /** False for what can be fetched again: it is then not forced to the disk. */
  readonly isLasting?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a file from a stream: at `path` stands the old content or all of the new one, never a part. */
export async function writeStreamAtomic(path: string, content: Readable, options: WriteStreamOptions): Promise<void> {
  const { temporaryDirectory = dirname(path), mode = 0o640, signal, isLasting = true } = options;
  const temporary = join(temporaryDirectory, `${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      const write = async (source: AsyncIterable<Buffer>): Promise<void> => {
        for await (const pieces of gathered(source)) await writeAll(file, pieces);
      };
      await pipeline(content, write, signal === undefined ? {} : { signal });
      if (isLasting) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    content.destroy();
    await rm(temporary, { force: true });
    signal?.throwIfAborted();
    throw error;
  }
}

const gatheredBytes = 1 << 20;

/** Small pieces, as they come from the network, are written together. */
async function* gathered(source: AsyncIterable<Buffer | string>): AsyncGenerator<readonly Buffer[]> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of source) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    pieces.push(bytes);
    length += bytes.length;
    if (length < gatheredBytes) continue;
    yield pieces;
    pieces = [];
    length = 0;
  }
  if (length > 0) yield pieces;
}

/** The kernel may take less than all of it. */
async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten < total) await file.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
}
