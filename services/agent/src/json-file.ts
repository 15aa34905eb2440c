import { readFile } from 'node:fs/promises';
import { ExpectedError, errnoOf, messageOf } from '@boti/core';

/** The parsed content of a JSON file, or undefined when there is no such file. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ExpectedError(`${path} is not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}
