import { randomUUID } from 'node:crypto';
import type { Clock, Logger } from '@boti/core';
import type { OpenDatabase } from '../database/open-database.ts';
import { SystemError, TaskCancelled } from '../errors.ts';
import { endTasksOfDeadWorkers } from './dead-workers.ts';
import { runTask, type TaskRunner } from './run-task.ts';
import { checkpointTasks, claimTask, type StoredTask, taskChannels } from './task-store.ts';
import type { AnyTaskType, TaskQueue } from './task-type.ts';
import { openWorkerSession, type WorkerSession } from './worker-session.ts';

export interface WorkerOptions {
  readonly database: OpenDatabase;
  readonly types: readonly AnyTaskType[];
  /** Tasks at once, by queue. */
  readonly concurrency: Readonly<Record<TaskQueue, number>>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Worker {
  readonly id: string;
  /** Takes no more tasks; gives those that run `graceMs` to end, then interrupts them and waits for their end. */
  stop(graceMs: number): Promise<void>;
}

/** How often tasks are stamped as alive, missed notifications made up for, and dead workers looked for. */
const checkpointEveryMs = 30_000;

/** Takes tasks from the queue and runs them within this process. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const id = randomUUID();
  const session = await openWorkerSession({ ...options, workerId: id });
  const worker = new QueueWorker(id, session, options);
  await worker.start();
  return worker;
}

interface Running {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

class QueueWorker implements Worker {
  readonly id: string;
  readonly #options: WorkerOptions;
  readonly #session: WorkerSession;
  readonly #running: Record<TaskQueue, Map<number, Running>> = { normal: new Map(), urgent: new Map() };
  /** One look at each queue at a time. */
  readonly #looking: Record<TaskQueue, Promise<void>> = { normal: Promise.resolve(), urgent: Promise.resolve() };
  #checkpoint: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(id: string, session: WorkerSession, options: WorkerOptions) {
    this.id = id;
    this.#session = session;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { notifications } = this.#session;
    notifications.on(taskChannels.queued, (queue: string) => this.#look(queue === 'urgent' ? 'urgent' : 'normal'));
    notifications.on(taskChannels.cancel, (id: string) => this.#cancel(Number(id)));
    notifications.on('reconnected', () => void this.#check());
    await this.#check();
    this.#checkpoint = setInterval(() => void this.#check(), checkpointEveryMs);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#checkpoint);
    await Promise.all([this.#looking.normal, this.#looking.urgent]);
    const running = this.#all();
    const grace = new AbortController();
    const ended = Promise.all(running.map(({ done }) => done));
    await Promise.race([ended, this.#options.clock.sleep(graceMs, grace.signal).catch(() => undefined)]);
    grace.abort();
    for (const { abort } of running) abort.abort(new SystemError('The Director was stopped while the task ran'));
    await ended;
    await this.#session[Symbol.asyncDispose]();
  }

  #all(): readonly Running[] {
    return [...this.#running.normal.values(), ...this.#running.urgent.values()];
  }

  #look(queue: TaskQueue): void {
    this.#looking[queue] = this.#looking[queue].then(() => this.#takeTasks(queue));
  }

  async #takeTasks(queue: TaskQueue): Promise<void> {
    const { database, concurrency, log } = this.#options;
    try {
      while (!this.#stopping && this.#running[queue].size < concurrency[queue]) {
        const task = await claimTask(database, queue, this.id);
        if (task === undefined) return;
        this.#begin(queue, task);
      }
    } catch (error) {
      log.warn('the task queue could not be read', { error });
    }
  }

  #begin(queue: TaskQueue, task: StoredTask): void {
    const abort = new AbortController();
    if (task.state === 'cancelling') abort.abort(new TaskCancelled(task.id));
    const done = runTask(this.#runner(), task, abort).finally(() => {
      this.#running[queue].delete(task.id);
      this.#look(queue);
    });
    this.#running[queue].set(task.id, { abort, done });
  }

  #runner(): TaskRunner {
    const { database, types, clock, log } = this.#options;
    const lockReleased = this.#session.lockReleased.bind(this.#session);
    return { database, types, clock, log, workerId: this.id, lockReleased };
  }

  #cancel(id: number): void {
    const task = this.#running.normal.get(id) ?? this.#running.urgent.get(id);
    task?.abort.abort(new TaskCancelled(id));
  }

  /** What notifications do at once, done again for those that were missed. */
  async #check(): Promise<void> {
    const { database, clock, log } = this.#options;
    try {
      await this.#compareWithDatabase();
      await endTasksOfDeadWorkers(database, clock);
      this.#look('normal');
      this.#look('urgent');
    } catch (error) {
      log.warn('the worker could not check its tasks', { error });
    }
  }

  async #compareWithDatabase(): Promise<void> {
    const before = [...this.#running.normal, ...this.#running.urgent];
    const stored = await checkpointTasks(this.#options.database, this.id);
    for (const [id, { abort }] of before) {
      const state = stored.get(id);
      if (state === 'processing' || abort.signal.aborted) continue;
      const lost = new SystemError(`Task ${id} is no longer this worker's`);
      abort.abort(state === 'cancelling' ? new TaskCancelled(id) : lost);
    }
  }
}
