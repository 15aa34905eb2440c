import { type Clock, type Logger, messageOf, systemClock } from '@boti/core';

/** How long, how often and why `retryWithin` tries again. Times are in milliseconds. */
export interface RetryBudget {
  /** What is tried, for the log. */
  readonly what: string;
  /** No new attempt after this long. */
  readonly budgetMs: number;
  /** Before the second attempt; doubled for each further one, up to `maxDelayMs`, and spread by up to a fifth. Default 500. */
  readonly firstDelayMs?: number;
  /** Default 15,000. */
  readonly maxDelayMs?: number;
  /** Whether trying again may help: a refused connection, a rate limit, HTTP 429 and 5xx. Default: always. */
  readonly isRetriable?: (error: unknown) => boolean;
  /** How long the cloud asks to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** Calls `work` until it succeeds, the budget is spent or an error is not retriable; then throws the last error. */
export async function retryWithin<T>(budget: RetryBudget, work: (attempt: number) => Promise<T>): Promise<T> {
  const { what, budgetMs, isRetriable = () => true, signal, logger, clock = systemClock } = budget;
  const started = clock.now().getTime();
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      const pause = pauseMs(budget, attempt, error);
      const isSpent = clock.now().getTime() - started + pause > budgetMs;
      if (signal.aborted || isSpent || !isRetriable(error)) throw error;
      logger?.warn(`${what} is tried again`, { attempt, in_ms: Math.round(pause), error: messageOf(error) });
      await clock.sleep(pause, signal);
    }
  }
}

function pauseMs(
  { firstDelayMs = 500, maxDelayMs = 15_000, retryAfterMs }: RetryBudget,
  attempt: number,
  error: unknown,
): number {
  const asked = retryAfterMs?.(error);
  if (asked !== undefined) return asked;
  return Math.min(firstDelayMs * 2 ** (attempt - 1), maxDelayMs) * (0.8 + Math.random() * 0.4);
}
