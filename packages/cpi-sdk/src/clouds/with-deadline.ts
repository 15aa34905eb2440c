import { CloudError } from '../cloud-error.ts';

/** How long `withDeadline` waits, in milliseconds, and for what. */
export interface DeadlineOptions {
  /** What is done, for the error: `the server to start`. */
  readonly what: string;
  readonly ms: number;
  /** Of the call. */
  readonly signal: AbortSignal;
}

/**
 * Runs work that must heed its signal, which is aborted after `ms` or with the call. Throws CloudError that names the work
 * when the time is over; a cancelled call throws its own reason.
 */
export async function withDeadline<T>(
  { what, ms, signal }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    return await work(AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.signal.aborted) throw error;
    throw new CloudError('CloudError', `Waited ${ms / 1000} s in vain for ${what}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
