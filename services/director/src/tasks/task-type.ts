import type { Clock, Logger } from '@boti/core';
import type { z } from 'zod';
import type { WithLock } from '../locks/with-lock.ts';
import type { EventLog } from './event-log.ts';

/** `urgent` tasks are short and asked for by somebody who waits: they have workers of their own. */
export type TaskQueue = 'normal' | 'urgent';

/** What the API knows of a sort of task: enough to enqueue it. All are in task-kinds.ts. */
export interface TaskKind<Input> {
  /** BOSH's word for it, e.g. `update_deployment`. */
  readonly name: string;
  readonly queue: TaskQueue;
  /** Checks the stored input when the task starts: it may be older than this Director. */
  readonly input: z.ZodType<Input>;
  describe(input: Input): string;
}

/** A sort of task with what it does. `run` answers the task's result, one line for people. */
export interface TaskType<Input> extends TaskKind<Input> {
  run(input: Input, ctx: TaskContext): Promise<string>;
}

/** A task type whose input's type is nobody's business any more. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are checked by the kind's own schema before `run`
export type AnyTaskType = TaskType<any>;

/** What a running task may use. */
export interface TaskContext {
  readonly taskId: number;
  readonly user: string;
  readonly deployment: string | null;
  /** Aborted with TaskCancelled when somebody cancels the task, a lock is lost or the process stops. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** `type=event`: the lines that clients show. */
  readonly events: EventLog;
  /** `type=debug` */
  readonly log: Logger;
  /** `type=result`: usually one JSON object a line. */
  readonly result: OutputStream;
  /** `type=cpi` */
  readonly cpiLog: OutputStream;
  /** Holds a named lock while `work` runs; see locks/with-lock.ts. */
  readonly withLock: WithLock;
}

export interface OutputStream {
  write(text: string): void;
}

/** Joins a kind with its work: `taskType(deleteReleaseTask, async (input, ctx) => …)`. */
export function taskType<Input>(kind: TaskKind<Input>, run: TaskType<Input>['run']): TaskType<Input> {
  return { ...kind, run };
}
