import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ExpectedError, messageOf } from '@boti/core';
import { decodeText } from '@boti/manifest';

/** The file's text; `-` is standard input. */
export async function readInput(path: string): Promise<string> {
  return decodeText(await readBytes(path), path);
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path);
  } catch (cause) {
    throw new ExpectedError(`Reading file '${path}'`, { cause: new ExpectedError(messageOf(cause)) });
  }
}
