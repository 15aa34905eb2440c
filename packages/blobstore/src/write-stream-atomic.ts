import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DigestCheck, startDigestCheck } from './verify-stream.ts';

export interface WriteStreamOptions {
  /** Where the file grows until it is whole; on the same file system as `path`. */
  readonly temporaryDirectory?: string;
  readonly mode?: number;
  /** False for what can be fetched again: it is then not forced to the disk. */
  readonly isLasting?: boolean;
  /** BOSH's digest text: other content is a DigestMismatch, and the file stays as it was. */
  readonly expected?: string | undefined;
  /** Named in that error; the path by default. */
  readonly what?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a file from a stream: at `path` stands the old content or all of the new one, never a part. */
export async function writeStreamAtomic(path: string, content: Readable, options: WriteStreamOptions): Promise<void> {
  const { temporaryDirectory = dirname(path), mode = 0o640, signal, isLasting = true, expected, what = path } = options;
  const temporary = join(temporaryDirectory, `${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      const check = expected === undefined ? undefined : startDigestCheck(expected, what);
      await pipeline(content, fileTarget(file, check), signal === undefined ? {} : { signal });
      check?.end();
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

/** Takes many pieces at once: those that come while others are written. */
function fileTarget(file: FileHandle, check: DigestCheck | undefined): Writable {
  const write = (pieces: readonly Buffer[], done: (error?: Error | null) => void): void => {
    for (const piece of pieces) check?.update(piece);
    writeAll(file, pieces).then(() => done(), done);
  };
  return new Writable({
    highWaterMark: 1 << 20,
    write: (piece: Buffer, _encoding, done) => write([piece], done),
    writev: (pieces, done) =>
      write(
        pieces.map(({ chunk }) => chunk as Buffer),
        done,
      ),
  });
}

/** The kernel may take less than all of it. */
async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten < total) await file.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
}
