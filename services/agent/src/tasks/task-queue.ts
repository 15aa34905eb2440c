import { randomUUID } from 'node:crypto';
import { ExpectedError, type Logger, messageOf, writeFileAtomic } from '@boti/core';
import { readJsonFile } from '../json-file.ts';

export type TaskState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly message: string };

export interface NewTask {
  readonly method: string;
  readonly isCancellable: boolean;
  /** Survives a restart of the agent: its result is then `"ok"`. */
  readonly isPersistent: boolean;
  readonly payload: unknown;
  run(signal: AbortSignal, taskId: string): Promise<unknown>;
}

interface Entry {
  state: TaskState;
  readonly abort: AbortController;
  readonly isCancellable: boolean;
}

interface StoredTask {
  readonly TaskID: string;
  readonly Method: string;
  readonly Payload: unknown;
  /** Reply subjects of `get_task` requests that came while the agent was about to restart. */
  readonly HeldReplies?: readonly string[];
}

/**
 * Asynchronous actions. One worker runs them one after the other; results stay until the process ends.
 * Source: bosh-agent agent/task.
 */
export class TaskQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #path: string;
  readonly #logger: Logger;
  #tail: Promise<void> = Promise.resolve();
  #stored: Record<string, StoredTask> = {};

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  /** Takes over the persistent tasks of the previous process; answers the reply subjects that still wait for them. */
  async resume(): Promise<readonly string[]> {
    const stored = Object.values(((await readJsonFile(this.#path)) ?? {}) as Record<string, StoredTask>);
    for (const { TaskID } of stored) {
      this.#entries.set(TaskID, {
        state: { kind: 'done', value: 'ok' },
        abort: new AbortController(),
        isCancellable: false,
      });
    }
    if (stored.length > 0) await this.#save();
    return stored.flatMap((task) => task.HeldReplies ?? []);
  }

  async start(task: NewTask): Promise<string> {
    const id = randomUUID();
    const abort = new AbortController();
    const entry: Entry = { state: { kind: 'running' }, abort, isCancellable: task.isCancellable };
    this.#entries.set(id, entry);
    if (task.isPersistent) {
      this.#stored[id] = { TaskID: id, Method: task.method, Payload: task.payload };
      await this.#save();
    }
    this.#tail = this.#tail.then(() => this.#run(id, entry, task));
    return id;
  }

  async #run(id: string, entry: Entry, task: NewTask): Promise<void> {
    try {
      entry.state = { kind: 'done', value: await task.run(entry.abort.signal, id) };
    } catch (error) {
      this.#logger.error('a task failed', { method: task.method, task: id, error: messageOf(error) });
      entry.state = { kind: 'failed', message: messageOf(error) };
    }
    if (!task.isPersistent) return;
    delete this.#stored[id];
    await this.#save();
  }

  state(id: string): TaskState {
    return this.#entry(id).state;
  }

  cancel(id: string): void {
    const entry = this.#entry(id);
    if (!entry.isCancellable) throw new ExpectedError('not supported');
    entry.abort.abort(new ExpectedError('Script was cancelled by user request'));
  }

  /** Notes a `get_task` whose answer the next process shall give. */
  async holdReply(id: string, replyTo: string): Promise<void> {
    const stored = this.#stored[id];
    if (stored === undefined) return;
    this.#stored[id] = { ...stored, HeldReplies: [...(stored.HeldReplies ?? []), replyTo] };
    await this.#save();
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new ExpectedError(`Task with id ${id} could not be found`);
    return entry;
  }

  async #save(): Promise<void> {
    await writeFileAtomic(this.#path, JSON.stringify(this.#stored), 0o600);
  }
}
