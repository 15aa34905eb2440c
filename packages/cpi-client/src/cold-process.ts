import { type ChildProcess, spawn } from 'node:child_process';
import type { Logger } from '@boti/core';
import type { RawReply, WireRequest } from './reply.ts';

export interface ProcessOptions {
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

export interface CallLimits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** How long a CPI may take to clean up once it has been told to end. */
export const graceMs = 15_000;
/** How long its caller waits for that; then the call is given up while the CPI may still be cleaning up. */
export const giveUpMs = 3000;

/** One process for one call, in a process group of its own so that it can be ended with its children. */
export function runCold(request: WireRequest, options: ProcessOptions, limits: CallLimits): Promise<RawReply> {
  const { promise, resolve } = Promise.withResolvers<RawReply>();
  const child = spawn(options.executable, options.args, { env: { ...options.env }, detached: true, stdio: 'pipe' });
  const { deadlineMs } = limits;
  const stdout: Buffer[] = [];
  const stderr = tail();
  let ended: RawReply['ended'] = 'answered';
  const finish = (reason: string): void => {
    timer[Symbol.dispose]();
    limits.signal?.removeEventListener('abort', abort);
    resolve({ output: Buffer.concat(stdout).toString(), stderr: stderr.text(), ended, reason });
  };
  const stop = (why: 'deadline' | 'aborted'): void => {
    ended = why;
    endGroup(child);
    const patience = setTimeout(() => finish(endReason(why, { code: 0, killedBy: null, deadlineMs })), giveUpMs);
    child.once('close', () => clearTimeout(patience));
  };
  const abort = (): void => stop('aborted');
  const timer = startTimer(deadlineMs, () => stop('deadline'));

  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  child.on('error', (error) => {
    ended = 'failed';
    finish(`cannot be run: ${error.message}`);
  });
  child.on('close', (code, killedBy) => finish(endReason(ended, { code, killedBy, deadlineMs })));
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(request)}\n`);
  limits.signal?.addEventListener('abort', abort, { once: true });
  return promise;
}

function endReason(
  ended: RawReply['ended'],
  how: { readonly code: number | null; readonly killedBy: string | null; readonly deadlineMs: number },
): string {
  if (ended === 'deadline') return `did not end within ${how.deadlineMs / 1000} s and was told to end`;
  if (ended === 'aborted') return 'was told to end, since the call was cancelled,';
  if (how.killedBy !== null) return ` (ended by ${how.killedBy})`;
  return how.code === 0 ? '' : ` (exit code ${how.code})`;
}

/** SIGTERM to the whole group, SIGKILL after the grace period. */
export function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** A timer that can be longer than Node's 24.8 days' limit allows, that is: none. */
export function startTimer(ms: number, expired: () => void): Disposable {
  const timer = ms > 2 ** 31 - 1 ? undefined : setTimeout(expired, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

export interface Tail {
  add(chunk: Buffer): void;
  text(): string;
}

/** The last 64 KiB of what is added. */
export function tail(): Tail {
  const limit = 64 * 1024;
  let kept = Buffer.alloc(0);
  return {
    add: (chunk) => {
      const all = Buffer.concat([kept, chunk]);
      kept = all.subarray(Math.max(0, all.length - limit));
    },
    text: () => kept.toString(),
  };
}
