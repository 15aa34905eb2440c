import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ExpectedError, messageOf } from '@boti/core';

/** The file's text; `-` is standard input. */
export async function readInput(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (cause) {
    throw new ExpectedError(`Reading file '${path}'`, { cause: new ExpectedError(messageOf(cause)) });
  }
}
