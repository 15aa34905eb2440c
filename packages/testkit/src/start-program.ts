import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One of our programs, started from source. */
export interface RunningProgram {
  readonly pid: number;
  /** Of its readiness line `{"ready":true,"urls":[…]}`. */
  readonly urls: readonly string[];
  /** Lines on standard error so far. */
  readonly log: readonly string[];
  /** Sends the signal (SIGTERM) and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Runs `node main args…` and waits for its readiness line. Throws with its log if it ends before that. */
export async function startProgram(main: string, ...args: readonly string[]): Promise<RunningProgram> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const ended = once(child, 'exit');
  const firstLine = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const ready = await Promise.race([firstLine, ended.then(() => undefined)]);
  if (ready === undefined) throw new Error(`${main} ended before it was ready:\n${log.join('\n')}`);
  const { urls } = JSON.parse(ready[0]) as { urls: readonly string[] };
  return {
    pid: child.pid ?? 0,
    urls,
    log,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}
