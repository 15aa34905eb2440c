import { ExpectedError, messageOf, readIfThere } from '@boti/core';

/** The parsed content of a JSON file, or undefined when there is no such file. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new ExpectedError(`${path} is not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}
