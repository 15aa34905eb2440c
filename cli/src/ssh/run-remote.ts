import { spawn } from 'node:child_process';
import { ExpectedError } from '@boti/core';
import type { Ui } from '../ui/ui.ts';

export interface RemoteResult {
  readonly name: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RemoteRun {
  /** `ssh` or `scp`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Of the instance, before each line of output. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Hands the terminal to the program until it ends. */
export async function runInteractively(program: string, args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, args, { stdio: 'inherit' });
  // Ctrl-C is the remote side's business.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  child.on('error', (cause) => reject(notStarted(program, cause)));
  child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  try {
    requireSuccess(await promise);
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Runs the program without a terminal. Each line is shown at once with where it comes from, unless `ui` is undefined. */
export async function runRemotely(
  { program, args, name, signal }: RemoteRun,
  ui: Ui | undefined,
): Promise<RemoteResult> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    let pending = '';
    const show = (line: string): void => ui?.block(`${name}: ${stream} | ${line.replace(/\r$/, '')}\n`);
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      texts[stream] += chunk;
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      lines.forEach(show);
    });
    child[stream].on('end', () => pending !== '' && show(pending));
  }
  child.on('error', (cause) => reject(notStarted(program, cause)));
  child.on('close', (code) => resolve(code ?? 255));
  return { name, ...texts, exitCode: await promise };
}

export function requireSuccess(exitCode: number): void {
  if (exitCode !== 0) throw new ExpectedError(`Running command: exited with ${exitCode}`);
}

function notStarted(program: string, cause: Error): ExpectedError {
  return new ExpectedError(`Program '${program}' could not be started: ${cause.message}`, {
    cause,
    hint: 'Install the OpenSSH client (package openssh-client).',
  });
}
