import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readIfThere, writeFileAtomic } from '@boti/core';
import { hostLocks } from '../host-locks.ts';

/** Which calls share a limit, and what it is. */
export interface RateLimitOptions {
  /** Folder shared by all processes of this CPI; made when it is missing. */
  readonly dir: string;
  /** Of what is limited: the account and region, for example. */
  readonly name: string;
  readonly perSecond: number;
  /** So many may go at once after a rest. Default 1. */
  readonly burst?: number;
}

/** A turn for each call; see `rateLimit`. */
export interface RateLimit {
  /** Waits for this call's turn. */
  take(signal?: AbortSignal): Promise<void>;
}

/** A limit on calls of a cloud's API that all processes on this machine keep together, in the order in which they come. */
export function rateLimit({ dir, name, perSecond, burst = 1 }: RateLimitOptions): RateLimit {
  const locks = hostLocks(`rate limit ${dir}`);
  const path = join(dir, `rate-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`);
  const intervalMs = 1000 / perSecond;
  const reserve = async (): Promise<number> => {
    const now = Date.now();
    const next = Number((await readIfThere(path)) ?? 0);
    // A clock that was set back must not stop everything.
    const turn = Math.max(next > now + 3_600_000 ? 0 : next, now - (burst - 1) * intervalMs);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, String(turn + intervalMs), 0o600);
    return turn - now;
  };
  return {
    async take(signal) {
      const waitMs = await locks.run(name, reserve, signal);
      if (waitMs > 0) await delay(waitMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}
