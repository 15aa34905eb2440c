import type { Clock } from '@boti/core';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that stands still until `advance`. */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { until: this.#now + ms, wake: resolve };
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#sleepers.push(sleeper);
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    }
  }

  /** How many sleep now: lets a test wait until the code under test has come to its sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves time on and wakes, in order, who was to sleep until then; lets them run. */
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now).sort((a, b) => a.until - b.until);
    for (const sleeper of due) {
      sleeper.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
