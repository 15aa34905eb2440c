import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Launch, launch, signalGroup } from './launch.ts';
import { graceMs } from './process-call.ts';

export type RequestId = string | number;

export interface LineOutcome {
  readonly line: string;
  readonly ending: 'answered' | 'deadline' | 'lost';
  readonly durationMs: number;
}

export interface SessionEnd {
  readonly exitCode: number | null;
  readonly endedBy: NodeJS.Signals | null;
  /** It had to be killed, since it did not end by itself. */
  readonly isOverdue: boolean;
}

/** A process in mode `serve`. Keeps every line that comes, in order. */
export class ServeSession implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #child: ReturnType<typeof launch>;
  readonly #waiting = new Map<string, (line: string | undefined) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #ended: Promise<SessionEnd>;
  #stderr = '';
  #hasEnded = false;
  #isOverdue = false;

  constructor(target: Launch) {
    this.#child = launch(target, ['serve']);
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    createInterface({ input: this.#child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) =>
      this.#receive(line),
    );
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
    this.#ended = promise;
    const end = (exitCode: number | null, endedBy: NodeJS.Signals | null): void => {
      this.#hasEnded = true;
      for (const answer of this.#waiting.values()) answer(undefined);
      for (const watcher of this.#watchers) watcher();
      resolve({ exitCode, endedBy, isOverdue: this.#isOverdue });
    };
    this.#child.on('error', (error) => {
      this.#stderr += error.message;
      end(null, null);
    });
    this.#child.on('close', end);
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends a request, which has its `id`, and waits for the line with that id. */
  async ask(request: { readonly id: RequestId }, deadlineMs: number, signal: AbortSignal): Promise<LineOutcome> {
    const started = performance.now();
    const key = JSON.stringify(request.id);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const timeout = setTimeout(() => resolve(''), deadlineMs);
    const abort = (): void => resolve('');
    signal.addEventListener('abort', abort, { once: true });
    this.#waiting.set(key, resolve);
    if (this.#hasEnded) resolve(undefined);
    else this.write(`${JSON.stringify(request)}\n`);
    const line = await promise;
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
    this.#waiting.delete(key);
    const durationMs = performance.now() - started;
    if (line === undefined) return { line: '', ending: 'lost', durationMs };
    return { line, ending: line === '' ? 'deadline' : 'answered', durationMs };
  }

  write(text: string | Buffer): void {
    if (!this.#hasEnded) this.#child.stdin.write(text);
  }

  /** Waits until `isTrue` of the lines so far; false when the time is up or the process has ended. */
  async until(isTrue: (lines: readonly string[]) => boolean, deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs;
    while (!isTrue(this.lines)) {
      const left = deadline - performance.now();
      if (left <= 0 || this.#hasEnded) return isTrue(this.lines);
      await this.#change(left);
    }
    return true;
  }

  /** Ends its input and waits for its end. */
  async close(deadlineMs: number): Promise<SessionEnd> {
    this.#child.stdin.end();
    return await this.#waitForEnd(deadlineMs);
  }

  async kill(signal: NodeJS.Signals, deadlineMs: number): Promise<SessionEnd> {
    signalGroup(this.#child, signal);
    return await this.#waitForEnd(deadlineMs);
  }

  /** The caller dies: nobody reads and nobody writes any more. */
  async hangUp(deadlineMs: number): Promise<SessionEnd> {
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#child.stdin.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await Promise.race([
        once(this.#child, 'exit'),
        new Promise((resolve) => setTimeout(resolve, deadlineMs).unref()),
      ]);
    }
    return await this.#waitForEnd(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.close(graceMs);
  }

  async #waitForEnd(deadlineMs: number): Promise<SessionEnd> {
    const timer = setTimeout(() => {
      this.#isOverdue = true;
      signalGroup(this.#child, 'SIGKILL');
    }, deadlineMs);
    const end = await this.#ended;
    clearTimeout(timer);
    return end;
  }

  #change(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#watchers.add(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#watchers.delete(resolve);
    });
  }

  #receive(line: string): void {
    this.lines.push(line);
    const id = idOf(line);
    if (id !== undefined) this.#waiting.get(JSON.stringify(id))?.(line);
    for (const watcher of this.#watchers) watcher();
  }
}

/** The id of a response line; undefined when it is no JSON object or has none. */
export function idOf(line: string): unknown {
  try {
    const json: unknown = JSON.parse(line);
    return typeof json === 'object' && json !== null ? (json as { readonly id?: unknown }).id : undefined;
  } catch {
    return undefined;
  }
}
