import { ExpectedError, messageOf } from '@boti/core';

/** What `work` fails with: its message, those of its causes and the hints. Throws when it does not fail. */
export async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return chain(error);
  }
  throw new Error('it did not fail');
}

function chain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof ExpectedError && error.hint !== undefined ? ` Hint: ${error.hint}` : '';
  const cause = error.cause === undefined ? '' : `\n${chain(error.cause)}`;
  return `${messageOf(error)}${hint}${cause}`;
}
