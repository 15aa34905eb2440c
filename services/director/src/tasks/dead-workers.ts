import type { Clock } from '@boti/core';
import type { TaskState } from '@boti/director-api';
import type { Database, Sql } from '../database/sql.ts';
import { UnnumberedFailure } from '../errors.ts';
import { deleteLocksOfWorkers } from '../locks/lock-store.ts';
import { eventLog } from './event-log.ts';
import { openTaskLog } from './task-log.ts';

/** Shown as the result of a task whose process was killed. */
const explanation = 'The Director process that ran this task has ended before the task did';

/**
 * Ends the tasks, and frees the locks, of worker processes that are gone: nobody holds the advisory lock that each of
 * them has while it lives (worker-session.ts). Answers how many tasks it ended.
 */
export async function endTasksOfDeadWorkers(database: Database, clock: Clock): Promise<number> {
  const ended = await database.transaction(async (sql) => {
    const dead = await deadWorkers(sql);
    if (dead.length === 0) return [];
    await deleteLocksOfWorkers(sql, dead);
    return endTasks(sql, dead);
  });
  for (const id of ended) await writeErrorLine(database, id, clock);
  return ended.length;
}

async function deadWorkers(sql: Sql): Promise<readonly string[]> {
  const { rows } = await sql.query<{ worker_id: string }>(
    `with known as materialized (
       select worker_id from tasks where state in ('processing', 'cancelling') and worker_id is not null
       union select worker_id from locks where worker_id is not null)
     select worker_id from known where pg_try_advisory_xact_lock(hashtextextended(worker_id::text, 0))`,
  );
  return rows.map((row) => row.worker_id);
}

async function endTasks(sql: Sql, workers: readonly string[]): Promise<readonly number[]> {
  const cancelled: TaskState = 'cancelled';
  const { rows } = await sql.query<{ id: string }>(
    `update tasks set finished_at = now(),
            state = case state when 'cancelling' then $3 else 'error' end,
            result = case state when 'cancelling' then 'task cancelled' else $2 end
      where worker_id = any($1) and state in ('processing', 'cancelling') returning id`,
    [workers, explanation, cancelled],
  );
  return rows.map((row) => Number(row.id));
}

async function writeErrorLine(database: Database, taskId: number, clock: Clock): Promise<void> {
  const failures: unknown[] = [];
  const log = await openTaskLog(database, taskId, (error) => failures.push(error));
  eventLog((line) => log.stream('event').write(line), clock).error(new UnnumberedFailure(explanation));
  await log.flush();
  if (failures.length > 0) throw new AggregateError(failures, `the output of task ${taskId} could not be stored`);
}
