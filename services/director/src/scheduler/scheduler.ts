import type { Clock, Logger } from '@boti/core';

/** Something done now and then. It runs in one process at a time and must bear being cut short. */
export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}

export interface Scheduler {
  stop(): Promise<void>;
}

/** Runs each chore soon after the start and then in its interval; a failure is logged and tried again next time. */
export function startScheduler(chores: readonly Chore[], clock: Clock, log: Logger): Scheduler {
  const stopping = new AbortController();
  const running = chores.map((chore) => repeat(chore, { clock, log, signal: stopping.signal }));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

interface Surroundings {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** The first run waits a little: a start should be quick. */
const firstDelayMs = 60_000;

async function repeat(chore: Chore, { clock, log, signal }: Surroundings): Promise<void> {
  const slept = (ms: number): Promise<boolean> =>
    clock.sleep(ms, signal).then(
      () => true,
      () => false,
    );
  for (let delay = Math.min(firstDelayMs, chore.everyMs); await slept(delay); delay = chore.everyMs) {
    try {
      await chore.run();
    } catch (error) {
      log.warn(`the chore '${chore.name}' failed`, { error });
    }
  }
}
