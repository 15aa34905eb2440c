import { type Clock, systemClock } from './clock.ts';

export interface RetryOptions {
  /** Calls in all, the first one included. */
  readonly attempts: number;
  readonly delayMs: number | ((attempt: number) => number);
  readonly isRetriable: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Calls `work` until it succeeds, the budget is spent or an error says that trying again is of no use. */
export async function retry<T>(options: RetryOptions, work: (attempt: number) => Promise<T>): Promise<T> {
  const { attempts, delayMs, isRetriable, signal, clock = systemClock } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !isRetriable(error)) throw error;
      await clock.sleep(typeof delayMs === 'number' ? delayMs : delayMs(attempt), signal);
    }
  }
}
