import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@boti/core';

/** A clock on which sleeping takes no time, but counts. */
export function hastyClock(): Clock {
  let skippedMs = 0;
  return {
    now: () => new Date(Date.now() + skippedMs),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      skippedMs += ms;
      await setImmediate();
    },
  };
}
