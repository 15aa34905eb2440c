import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { ExpectedError } from '@boti/core';

export interface ProgramRun {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Only the end of each output is kept. Without it: everything. */
  readonly keptBytes?: number;
  /** Outputs also go to these files. */
  readonly logs?: { readonly stdout: string; readonly stderr: string; readonly truncate?: boolean };
  readonly keepOutput?: boolean;
  /** Aborted: SIGTERM to the process group, SIGKILL ten seconds later. */
  readonly signal?: AbortSignal;
}

export interface Output {
  readonly text: string;
  readonly isTruncated: boolean;
}

export interface ProgramResult {
  /** 128 + number of the signal for a program that was killed. */
  readonly exitCode: number;
  readonly stdout: Output;
  readonly stderr: Output;
}

const killDelayMs = 10_000;
const niceness = 5;
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a job's script or a packaging script in a process group of its own, with the agent's environment. */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  run.signal?.throwIfAborted();
  await using undo = new AsyncDisposableStack();
  const [file = '', ...args] = run.argv;
  const stdout = new OutputTail(run, await openLog(run, 'stdout', undo));
  const stderr = new OutputTail(run, await openLog(run, 'stderr', undo));
  const child = spawn(file, args, {
    cwd: run.cwd,
    // BOSH: bosh-utils/system merges the agent's environment; PATH is forced by agent/script/cmd.
    env: { ...inherited(), PATH: path, ...run.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  lowerPriority(child.pid);
  const stop = (): void => killGroup(child.pid, undo);
  run.signal?.addEventListener('abort', stop, { once: true });
  undo.defer(() => run.signal?.removeEventListener('abort', stop));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', (cause) => reject(new ExpectedError(`Running '${file}': ${cause.message}`, { cause })));
  // A daemon left behind may hold the pipes open: what counts is the end of the program itself.
  child.once('exit', (code, signal) => {
    const exitCode = code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0);
    const finish = setTimeout(() => resolve(exitCode), 200);
    child.once('close', () => {
      clearTimeout(finish);
      resolve(exitCode);
    });
  });
  const exitCode = await promise;
  child.stdout.destroy();
  child.stderr.destroy();
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  return { exitCode, stdout: stdout.output(), stderr: stderr.output() };
}

/** The agent's environment without what tunes the agent's own Node. */
function inherited(): NodeJS.ProcessEnv {
  const { UV_THREADPOOL_SIZE: _, MALLOC_ARENA_MAX: __, ...others } = process.env;
  return others;
}

class OutputTail {
  readonly #limit: number;
  readonly #log: FileHandle | undefined;
  #chunks: Buffer[] = [];
  #length = 0;
  #isTruncated = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor({ keptBytes = Number.POSITIVE_INFINITY, keepOutput = true }: ProgramRun, log: FileHandle | undefined) {
    this.#limit = keepOutput ? keptBytes : 0;
    this.#log = log;
  }

  push(chunk: Buffer): void {
    if (this.#log !== undefined) {
      const log = this.#log;
      this.#writing = this.#writing.then(() => log.write(chunk)).catch(() => undefined);
    }
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= this.#limit * 2) return;
    this.#isTruncated = this.#limit > 0;
    const kept = this.#tail();
    this.#chunks = [kept];
    this.#length = kept.length;
  }

  output(): Output {
    const isTruncated = this.#isTruncated || this.#length > this.#limit;
    return { text: this.#tail().toString('utf8'), isTruncated };
  }

  async flushed(): Promise<void> {
    await this.#writing;
  }

  #tail(): Buffer {
    const whole = Buffer.concat(this.#chunks);
    return this.#limit === Number.POSITIVE_INFINITY ? whole : whole.subarray(Math.max(0, whole.length - this.#limit));
  }
}

async function openLog(
  { logs }: ProgramRun,
  stream: 'stdout' | 'stderr',
  undo: AsyncDisposableStack,
): Promise<FileHandle | undefined> {
  if (logs === undefined) return undefined;
  return undo.use(await open(logs[stream], logs.truncate ? 'w' : 'a', 0o640));
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, niceness);
  } catch {
    // Ended already.
  }
}

function killGroup(pid: number | undefined, undo: AsyncDisposableStack): void {
  if (pid === undefined) return;
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // Ended already.
    }
  };
  send('SIGTERM');
  const timer = setTimeout(send, killDelayMs, 'SIGKILL');
  undo.defer(() => clearTimeout(timer));
}
