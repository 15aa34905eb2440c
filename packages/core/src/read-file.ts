import { readFile } from 'node:fs/promises';
import { ExpectedError, errnoOf, messageOf } from './errors.ts';

/** The text of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The parsed content of a JSON file, not checked. `what` names it in the error: 'configuration'. */
export async function readJsonFile(path: string, what = 'file'): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new ExpectedError(`Cannot read the ${what} ${path}: ${messageOf(cause)}`, {
      hint: 'It must be a JSON file that this user may read.',
      cause,
    });
  }
}
