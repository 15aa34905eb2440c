import { ExpectedError } from '@boti/core';
import type { DirectorClient, FollowOptions, Task, TaskObserver } from '@boti/director-api';
import { TaskReporter } from '../ui/task-reporter.ts';
import type { Ui } from '../ui/ui.ts';

export interface FollowContext {
  readonly director: DirectorClient;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

export interface ShowOptions extends Pick<FollowOptions, 'type'> {
  /** The output as it is, instead of a line for each step. */
  readonly isRaw?: boolean;
  /** Says this often that the task goes on. */
  readonly heartbeatSeconds?: number | undefined;
}

/** Ctrl-C while a task was followed: it goes on without us. */
export class Detached extends ExpectedError {
  constructor(taskId: number) {
    super(`Stopped following task ${taskId}; it goes on`, {
      hint: `Follow it again with 'boti task ${taskId}', or cancel it with 'boti cancel-task ${taskId}'.`,
    });
  }
}

/** Shows a task's events until it ends. Other output (`debug`, …) is passed through as it is. */
export async function followTask(
  context: FollowContext,
  task: Task,
  { type = 'event', isRaw = type !== 'event', heartbeatSeconds }: ShowOptions = {},
): Promise<Task> {
  const decoder = new TextDecoder();
  const observer: TaskObserver = isRaw
    ? { output: (_, chunk) => context.ui.block(decoder.decode(chunk, { stream: true })) }
    : new TaskReporter(context.ui, heartbeatSeconds);
  return await detachable(context, task.id, () => context.director.tasks.follow(task.id, { type, observer }));
}

/** Waits for a task's end beside another one that is shown. */
export async function awaitTask(context: Pick<FollowContext, 'director' | 'signal'>, task: Task): Promise<Task> {
  return await detachable(context, task.id, () => context.director.tasks.follow(task.id));
}

/** Follows a task whose result counts, not its steps; only its number is shown. */
export async function resultOf(context: FollowContext, task: Task, options: ShowOptions = {}): Promise<string> {
  const { director } = context;
  await followTask(context, task, options);
  return await director.tasks.result(task.id);
}

async function detachable<T>(
  { signal }: Pick<FollowContext, 'signal'>,
  taskId: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw new Detached(taskId);
    throw error;
  }
}
