import { closeSync, openSync, readSync } from 'node:fs';

export const largestSmallFile = 1 << 20;

/** One for all: thousands of files that are looked at once would each leave their own to the garbage collector. */
const scratch = Buffer.allocUnsafeSlow(largestSmallFile + 1);

/** The content of a file of at most `largestSmallFile` bytes, valid until the next call. */
export function readSmallFile(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const read = readSync(file, scratch, length, scratch.length - length, null);
      length += read;
      if (read === 0 || length === scratch.length) return scratch.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
