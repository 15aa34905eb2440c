import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import {
  type CancelTasksRequest,
  type Task,
  type TaskOutputType,
  taskSchema,
  unfinishedTaskStates,
} from '../shapes/tasks.ts';
import type { DirectorSession } from './director-session.ts';
import { during } from './director-session.ts';
import { TaskFailed } from './errors.ts';
import { readBody } from './http-exchange.ts';
import { queryString } from './query-string.ts';

/** Told how a task goes on. */
export interface TaskObserver {
  started?(taskId: number): void;
  /** The next bytes of the output that is followed; they may end inside a line or a character. */
  output?(taskId: number, chunk: Buffer): void;
  /** Each time the task's state was read. */
  polled?(task: Task): void;
  ended?(task: Task): void;
}

export interface FollowOptions {
  readonly type?: TaskOutputType;
  readonly observer?: TaskObserver;
  readonly signal?: AbortSignal | undefined;
}

export interface TaskQuery {
  readonly states?: readonly string[];
  readonly limit?: number | undefined;
  /** All types of task, not only those an operator starts. */
  readonly all?: boolean;
  readonly deployment?: string | undefined;
  readonly contextId?: string | undefined;
}

const shortestPollMs = 50;
const longestPollMs = 500;

export function tasksApi(session: DirectorSession) {
  const get = async (id: number | string): Promise<Task> =>
    await session.json(`Finding task '${id}'`, { method: 'GET', path: `/tasks/${id}` }, taskSchema);

  /** What the output holds from `offset` on: nothing new is answered with 416, not started with 204. */
  const outputFrom = async (id: number, type: TaskOutputType, offset: number): Promise<Buffer> =>
    await during(`Capturing task '${id}' output`, async () => {
      const reply = await session.send({
        method: 'GET',
        path: `/tasks/${id}/output?type=${type}`,
        headers: { Range: `bytes=${offset}-` },
        accept: [416],
      });
      const body = await readBody(reply);
      return reply.status === 416 || reply.status === 204 ? Buffer.alloc(0) : body;
    });

  /** Follows a task to its end; throws TaskFailed unless it is `done`. The state is read before the output, so the last read is complete. */
  const follow = async (id: number, options: FollowOptions = {}): Promise<Task> => {
    const { type = 'event', observer, signal = session.signal } = options;
    observer?.started?.(id);
    let offset = 0;
    for (let wait = shortestPollMs; ; wait = Math.min(wait * 1.5, longestPollMs)) {
      const task = await get(id);
      const chunk = await outputFrom(id, type, offset);
      offset += chunk.length;
      if (chunk.length > 0) observer?.output?.(id, chunk);
      observer?.polled?.(task);
      if (!unfinishedTaskStates.includes(task.state)) {
        observer?.ended?.(task);
        if (task.state !== 'done') throw new TaskFailed(id, task.state, task.result);
        return task;
      }
      await session.clock.sleep(wait, signal);
    }
  };

  return {
    get,
    follow,
    outputFrom,

    async list({ states = [], limit, all = false, deployment, contextId }: TaskQuery): Promise<Task[]> {
      const path = `/tasks${queryString({
        context_id: contextId,
        deployment,
        limit,
        state: states.length === 0 ? undefined : states.join(','),
        verbose: all ? '2' : '1',
      })}`;
      return await session.json('Finding tasks', { method: 'GET', path }, z.array(taskSchema));
    },

    async result(id: number): Promise<string> {
      return await session.text(`Capturing task '${id}' result`, {
        method: 'GET',
        path: `/tasks/${id}/output?type=result`,
      });
    },

    async cancel(id: number): Promise<void> {
      await session.text(`Cancelling task '${id}'`, { method: 'DELETE', path: `/task/${id}` });
    },

    async cancelAll(request: CancelTasksRequest): Promise<void> {
      const headers = { 'Content-Type': mediaTypes.json };
      const body = JSON.stringify(request);
      await session.text('Cancelling tasks', { method: 'POST', path: '/tasks/cancel', headers, body });
    },
  };
}
