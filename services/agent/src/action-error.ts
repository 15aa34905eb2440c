import { ExpectedError, messageOf } from '@boti/core';

/** A failure as agents tell it: `what was tried: why it failed`. */
export function wrapError(error: unknown, context: string): ExpectedError {
  return new ExpectedError(`${context}: ${messageOf(error)}`, { cause: error });
}

/** Runs `work` and puts `context` before the message of its failure. */
export async function within<T>(context: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw wrapError(error, context);
  }
}
