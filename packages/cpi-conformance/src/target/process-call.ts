import { setTimeout as delay } from 'node:timers/promises';
import { type Launch, launch, signalGroup } from './launch.ts';

export interface ProcessCall {
  /** Written one after the other. */
  readonly chunks: readonly (string | Buffer)[];
  /** Between two chunks. */
  readonly pauseMs?: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Ends the process' group at this moment. */
  readonly kill?: { readonly afterMs: number; readonly signal: 'SIGTERM' | 'SIGKILL' };
}

export interface ProcessOutcome {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly ending: 'answered' | 'deadline' | 'killed' | 'failed';
  /** Process ended, but something kept its stdout open. */
  readonly isHeldOpen: boolean;
  readonly durationMs: number;
}

/** After SIGTERM, before SIGKILL. */
export const graceMs = 15_000;

/** One process for one call. Never throws; an aborted call is `killed`. */
export function callProcess(target: Launch, call: ProcessCall): Promise<ProcessOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProcessOutcome>();
  const started = performance.now();
  const child = launch(target);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const timers: NodeJS.Timeout[] = [];
  let ending: ProcessOutcome['ending'] = 'answered';
  const ended = new AbortController();
  let hasExited = false;

  const finish = (): void => {
    for (const timer of timers) clearTimeout(timer);
    ended.abort();
    call.signal.removeEventListener('abort', abort);
    resolve({
      stdout: Buffer.concat(out),
      stderr: Buffer.concat(err).toString(),
      exitCode: child.exitCode,
      ending,
      isHeldOpen: ending === 'deadline' && hasExited,
      durationMs: performance.now() - started,
    });
  };
  const stop = (why: 'deadline' | 'killed', signal: NodeJS.Signals): void => {
    ending = why;
    signalGroup(child, signal);
    if (signal === 'SIGTERM') timers.push(setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs));
    // What holds stdout open without being in the group is not waited for.
    timers.push(setTimeout(() => child.stdout.destroy(), graceMs + 2000));
    if (hasExited) child.stdout.destroy();
  };
  const abort = (): void => stop('killed', 'SIGTERM');

  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.on('exit', () => {
    hasExited = true;
  });
  child.on('error', (error) => {
    ending = 'failed';
    err.push(Buffer.from(error.message));
    finish();
  });
  child.on('close', finish);
  timers.push(setTimeout(() => stop('deadline', 'SIGTERM'), call.deadlineMs));
  const { kill } = call;
  if (kill !== undefined) timers.push(setTimeout(() => stop('killed', kill.signal), kill.afterMs));
  call.signal.addEventListener('abort', abort, { once: true });
  void feed(child.stdin, call, ended.signal);
  return promise;
}

async function feed(
  stdin: NodeJS.WritableStream,
  { chunks, pauseMs = 0 }: ProcessCall,
  ended: AbortSignal,
): Promise<void> {
  for (const chunk of chunks) {
    if (ended.aborted) return;
    stdin.write(chunk);
    // Whoever is gone is not waited for.
    if (pauseMs > 0) await delay(pauseMs, undefined, { signal: ended }).catch(() => undefined);
  }
  stdin.end();
}
