import type { Clock } from '@boti/core';
import type { Database, Sql } from '../database/sql.ts';
import { SystemError } from '../errors.ts';
import { debugLogger } from './task-log.ts';
import { appendOutput } from './task-output-store.ts';
import { insertTask, type StoredTask } from './task-store.ts';
import type { TaskKind } from './task-type.ts';

export interface TaskRequest {
  readonly user: string | null;
  readonly contextId?: string;
  /** Whoever administers one of these teams may see the task. */
  readonly teams?: readonly string[];
  readonly deployment?: string | null;
}

/** Where the API and the scheduler leave work for the workers. */
export interface TaskQueueWriter {
  enqueue<Input>(kind: TaskKind<Input>, input: Input, request: TaskRequest): Promise<StoredTask>;
}

export interface QueueOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly version: string;
  /** Names of the task types that the workers of this version have. */
  readonly supported: ReadonlySet<string>;
}

export function taskQueue({ database, clock, version, supported }: QueueOptions): TaskQueueWriter {
  return {
    async enqueue(kind, input, request) {
      if (!supported.has(kind.name)) throw new SystemError(`This Director cannot do '${kind.name}' tasks`);
      return database.transaction(async (sql) => {
        const task = await insertTask(sql, {
          type: kind.name,
          queue: kind.queue,
          description: kind.describe(input),
          payload: kind.input.parse(input),
          user: request.user,
          deployment: request.deployment ?? null,
          contextId: request.contextId ?? '',
          teams: request.teams ?? [],
        });
        await writeFirstLines(sql, task.id, { clock, version });
        return task;
      });
    },
  };
}

/** The debug output begins when the task is queued; so does its existence for clients. */
async function writeFirstLines(
  sql: Sql,
  taskId: number,
  { clock, version }: { readonly clock: Clock; readonly version: string },
): Promise<void> {
  let text = '';
  const stream = {
    write: (line: string): void => {
      text += line;
    },
  };
  const log = debugLogger(stream, taskId, clock);
  log.info(`Director Version: ${version}`);
  log.info(`Enqueuing task: ${taskId}`);
  await appendOutput(sql, taskId, [{ type: 'debug', offset: 0, content: Buffer.from(text) }]);
}
