import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface WriteStreamOptions {
  /** Where the file grows until it is whole; on the same file system as `path`. */
  readonly temporaryDirectory?: string;
  readonly mode?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a file from a stream: at `path` stands the old content or all of the new one, never a part. */
export async function writeStreamAtomic(path: string, content: Readable, options: WriteStreamOptions): Promise<void> {
  const { temporaryDirectory = dirname(path), mode = 0o640, signal } = options;
  const temporary = join(temporaryDirectory, `${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      const write = async (source: AsyncIterable<Buffer>): Promise<void> => {
        for await (const chunk of source) await file.appendFile(chunk);
      };
      await pipeline(content, write, signal === undefined ? {} : { signal });
      await file.sync();
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
