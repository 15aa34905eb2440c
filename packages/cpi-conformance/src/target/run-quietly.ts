import { once } from 'node:events';
import { type Launch, launch } from './launch.ts';

/** Runs the executable with these arguments alone and waits for its end, whatever it is. */
export async function runCommandQuietly(target: Launch, args: readonly string[]): Promise<void> {
  const child = launch({ ...target, args });
  child.stdout.resume();
  child.stderr.resume();
  child.stdin.end();
  await once(child, 'close').catch(() => undefined);
}
