import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import type { StreamBody } from './http-exchange.ts';

/** Told how many bytes of an upload or download have passed. */
export type ByteProgress = (done: number, total: number) => void;

/** A file as a request body, read while it is sent. */
export async function fileBody(path: string, progress?: ByteProgress): Promise<StreamBody> {
  const { size } = await stat(path);
  return {
    length: size,
    open() {
      const file = createReadStream(path, { highWaterMark: 1 << 18 });
      if (progress === undefined) return file;
      const counter = countBytes(size, progress);
      file.on('error', (error) => counter.destroy(error));
      return file.pipe(counter);
    },
  };
}

export function countBytes(total: number, progress: ByteProgress): Transform {
  let done = 0;
  progress(0, total);
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      progress(done, total);
      next(null, chunk);
    },
  });
}
