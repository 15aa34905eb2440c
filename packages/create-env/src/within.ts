import { ExpectedError } from '@boti/core';

/** Runs `work`; a failure says what was being done. Aborts stay as they are. */
export async function within<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (signal.aborted || !(cause instanceof Error)) throw cause;
    throw new ExpectedError(what, { cause });
  }
}
