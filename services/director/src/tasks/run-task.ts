import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type Logger, messageOf } from '@boti/core';
import type { TaskState } from '@boti/director-api';
import type { Database } from '../database/sql.ts';
import { explainAnyFullDisk } from '../disk-full.ts';
import { SystemError, TaskCancelled } from '../errors.ts';
import { type LockHolder, withLock } from '../locks/with-lock.ts';
import { eventLog } from './event-log.ts';
import { debugLogger, openTaskLog, type TaskLog } from './task-log.ts';
import { cancelTask, finishTask, type StoredTask } from './task-store.ts';
import type { AnyTaskType, TaskContext } from './task-type.ts';
import { truncateResult } from './truncate-result.ts';

export interface TaskRunner {
  readonly database: Database;
  readonly types: readonly AnyTaskType[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly workerId: string;
  readonly lockReleased: LockHolder['lockReleased'];
}

/** BOSH's word for a task that was cancelled. */
const cancelledResult = 'task cancelled';
/** The end of a task is worth waiting for a database that restarts. */
const finishAttempts = 60;

/** Runs a claimed task to its end and stores how it ended. Never rejects. */
export async function runTask(runner: TaskRunner, task: StoredTask, abort: AbortController): Promise<void> {
  const log = runner.log.with({ task: task.id, type: task.type });
  try {
    const output = await openTaskLog(runner.database, task.id, (error) =>
      log.warn('the output of a task could not be stored', { error }),
    );
    const end = await perform(runner, task, { abort, output });
    await output.flush();
    await storeEnd(runner, task.id, end);
    log.info('task ended', { state: end.state });
  } catch (error) {
    log.error('a task could not be ended', { error });
  }
}

interface Run {
  readonly abort: AbortController;
  readonly output: TaskLog;
}

interface End {
  readonly state: TaskState;
  readonly result: string;
}

async function perform(runner: TaskRunner, task: StoredTask, run: Run): Promise<End> {
  const ctx = taskContext(runner, task, run);
  const started = runner.clock.now().getTime();
  try {
    ctx.log.info(`Starting task: ${task.id}`, { type: task.type });
    run.abort.signal.throwIfAborted();
    const type = runner.types.find(({ name }) => name === task.type);
    if (type === undefined) throw new SystemError(`This Director cannot do '${task.type}' tasks`);
    const result = await type.run(type.input.parse(task.payload), ctx);
    return { state: 'done', result: truncateResult(result) };
  } catch (thrown) {
    const reason: unknown = run.abort.signal.aborted ? run.abort.signal.reason : thrown;
    return failure(ctx, explainAnyFullDisk(reason), thrown);
  } finally {
    ctx.log.info(`Task took ${(runner.clock.now().getTime() - started) / 1000} seconds to process.`);
  }
}

/** A task that was told to end fails with whatever the abort broke; what counts is why it was told. */
function failure(ctx: TaskContext, error: unknown, thrown: unknown): End {
  ctx.log.error(messageOf(error), { error: thrown });
  ctx.events.error(error);
  if (error instanceof TaskCancelled) return { state: 'cancelled', result: cancelledResult };
  return { state: 'error', result: truncateResult(messageOf(error)) };
}

function taskContext(runner: TaskRunner, task: StoredTask, { abort, output }: Run): TaskContext {
  const { database, clock, workerId, lockReleased } = runner;
  const log = debugLogger(output.stream('debug'), task.id, clock);
  const events = output.stream('event');
  const onLost = (name: string): void => {
    log.error(`Lost the lock ${name}`);
    void cancelTask(database, task.id).catch((error: unknown) => log.warn('cannot cancel', { error }));
    abort.abort(new TaskCancelled(task.id));
  };
  const holder: LockHolder = {
    database,
    clock,
    log,
    taskId: task.id,
    user: task.user,
    workerId,
    signal: abort.signal,
    lockReleased,
    onLost,
  };
  return {
    taskId: task.id,
    user: task.user ?? 'admin',
    deployment: task.deployment,
    signal: abort.signal,
    clock,
    events: eventLog((line) => events.write(line), clock),
    log,
    result: output.stream('result'),
    cpiLog: output.stream('cpi'),
    withLock: withLock(holder),
  };
}

async function storeEnd(runner: TaskRunner, id: number, end: End): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await finishTask(runner.database, runner.workerId, { id, ...end });
      return;
    } catch (error) {
      if (attempt === finishAttempts) throw error;
      await delay(1000);
    }
  }
}
