import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf } from '@boti/core';
import {
  type CallLimits,
  endGroup,
  giveUpMs,
  graceMs,
  type ProcessOptions,
  startTimer,
  type Tail,
  tail,
} from './cold-process.ts';
import type { RawReply, WireRequest } from './reply.ts';

type Exchange = (request: WireRequest, limits: CallLimits) => Promise<RawReply>;

/** A CPI that is kept running in mode `serve`; started when it is first needed and again after it has ended. */
export interface WarmProcess extends AsyncDisposable {
  /** How to make a call now; undefined when `serve` does not work and calls must be made cold. */
  ready(): Promise<Exchange | undefined>;
}

/** How long a new process has to answer its first request. */
const startMs = 30_000;
/** So many starts in a row that came to nothing, and calls are made cold from then on. */
const maxFailedStarts = 3;

export function warmProcess(options: ProcessOptions): WarmProcess {
  let current: Promise<Session | undefined> | undefined;
  let failedStarts = 0;
  let closed = false;

  const start = async (): Promise<Session | undefined> => {
    const session = new Session(options);
    if (await session.answers()) {
      failedStarts = 0;
      return session;
    }
    failedStarts += 1;
    options.logger.warn('CPI does not answer in serve mode', {
      executable: options.executable,
      stderr: session.stderr(),
      next: failedStarts < maxFailedStarts ? 'will try again' : 'calls are made one process each from now on',
    });
    session.retire();
    return undefined;
  };

  return {
    async ready() {
      const asked = current;
      let session = await asked;
      if (session?.isUsable !== true) {
        if (closed || failedStarts >= maxFailedStarts) return undefined;
        // Another call may have started one while this one waited.
        if (current === asked) current = start();
        session = await current;
      }
      return session === undefined ? undefined : (request, limits) => session.exchange(request, limits);
    },

    async [Symbol.asyncDispose]() {
      closed = true;
      await (await current)?.[Symbol.asyncDispose]();
    },
  };
}

interface Pending {
  readonly resolve: (reply: RawReply) => void;
  readonly stderrBefore: Tail;
}

class Session implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pending = new Map<number, Pending>();
  readonly #stderr = tail();
  #nextId = 1;
  #isUsable = true;
  #ending = '';

  constructor(options: ProcessOptions) {
    this.#child = spawn(options.executable, [...options.args, 'serve'], {
      env: { ...options.env },
      detached: true,
      stdio: 'pipe',
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr.add(chunk);
      for (const pending of this.#pending.values()) pending.stderrBefore.add(chunk);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#end(`cannot be run: ${messageOf(error)}`));
    this.#child.on('close', (code, killedBy) =>
      this.#end(killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`),
    );
  }

  get isUsable(): boolean {
    return this.#isUsable;
  }

  stderr(): string {
    return this.#stderr.text();
  }

  /** True once the process has answered a `ping`; what the answer is does not matter. */
  async answers(): Promise<boolean> {
    const request: WireRequest = {
      method: 'ping',
      arguments: [],
      context: { director_uuid: '', request_id: 'cpi-000000' },
    };
    const reply = await this.exchange(request, { deadlineMs: startMs, signal: undefined });
    return reply.ended === 'answered';
  }

  exchange(request: WireRequest, limits: CallLimits): Promise<RawReply> {
    if (!this.#isUsable) return Promise.resolve(lost(this.#ending, this.#stderr));
    const { promise, resolve } = Promise.withResolvers<RawReply>();
    const id = this.#nextId;
    this.#nextId += 1;
    const cancel = (why: 'deadline' | 'aborted'): void => this.#cancel(id, why, limits.deadlineMs);
    const abort = (): void => cancel('aborted');
    const timer = startTimer(limits.deadlineMs, () => cancel('deadline'));
    limits.signal?.addEventListener('abort', abort, { once: true });
    this.#pending.set(id, {
      stderrBefore: tail(),
      resolve: (reply) => {
        this.#pending.delete(id);
        timer[Symbol.dispose]();
        limits.signal?.removeEventListener('abort', abort);
        resolve(reply);
        if (!this.#isUsable && this.#pending.size === 0) this.#child.stdin.end();
      },
    });
    this.#child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    return promise;
  }

  /** Takes no new calls; ends when those that run are answered. */
  retire(): void {
    this.#isUsable = false;
    if (this.#pending.size === 0) this.#child.stdin.end();
    const timer = setTimeout(() => endGroup(this.#child), this.#pending.size === 0 ? graceMs : 2 ** 31 - 1);
    timer.unref();
    this.#child.once('close', () => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending !== '') return;
    const closed = once(this.#child, 'close');
    this.#isUsable = false;
    this.#child.stdin.end();
    for (const id of this.#pending.keys()) this.#send({ cancel: id });
    const timer = setTimeout(() => endGroup(this.#child), this.#pending.size === 0 ? 2000 : graceMs);
    await closed;
    clearTimeout(timer);
  }

  #send(message: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Asks the CPI to give up. Its caller waits a little for that; a process that does not answer at all is replaced. */
  #cancel(id: number, why: 'deadline' | 'aborted', deadlineMs: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#send({ cancel: id });
    const { resolve, stderrBefore } = pending;
    const reason =
      why === 'aborted'
        ? 'was told to give up, since the call was cancelled,'
        : `did not answer within ${deadlineMs / 1000} s`;
    const giveUp = (): void => resolve({ output: '', stderr: stderrBefore.text(), ended: why, reason });
    const answered = (): void => {
      clearTimeout(patience);
      clearTimeout(limit);
      giveUp();
      this.#pending.delete(id);
    };
    const patience = setTimeout(() => {
      giveUp();
      // Its caller waits no longer, but the CPI may still be cleaning up.
      this.#pending.set(id, { stderrBefore, resolve: answered });
    }, giveUpMs);
    const limit = setTimeout(() => {
      answered();
      this.retire();
    }, graceMs);
    this.#pending.set(id, { stderrBefore, resolve: answered });
  }

  #receive(line: string): void {
    const id = idOf(line);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    pending?.resolve({ output: line, stderr: pending.stderrBefore.text(), ended: 'answered', reason: '' });
  }

  #end(reason: string): void {
    this.#isUsable = false;
    this.#ending = `(serve) ${reason}`;
    for (const { resolve } of [...this.#pending.values()]) resolve(lost(this.#ending, this.#stderr));
  }
}

function lost(reason: string, stderr: Tail): RawReply {
  return { output: '', stderr: stderr.text(), ended: 'failed', reason };
}

function idOf(line: string): number | undefined {
  try {
    const message: unknown = JSON.parse(line);
    const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : undefined;
    return typeof id === 'number' ? id : undefined;
  } catch {
    return undefined;
  }
}
