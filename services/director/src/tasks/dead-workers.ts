import type { Clock } from '@boti/core';
import type { Database } from '../database/sql.ts';
import { UnnumberedFailure } from '../errors.ts';
import { deleteLocksOfWorkers } from '../locks/lock-store.ts';
import { eventLog } from './event-log.ts';
import { openTaskLog } from './task-log.ts';
import { deadWorkers, endTasksOf } from './task-store.ts';

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
    return endTasksOf(sql, dead, explanation);
  });
  for (const id of ended) await writeErrorLine(database, id, clock);
  return ended.length;
}

async function writeErrorLine(database: Database, taskId: number, clock: Clock): Promise<void> {
  const failures: unknown[] = [];
  const log = await openTaskLog(database, taskId, (error) => failures.push(error));
  eventLog((line) => log.stream('event').write(line), clock).error(new UnnumberedFailure(explanation));
  await log.flush();
  if (failures.length > 0) throw new AggregateError(failures, `the output of task ${taskId} could not be stored`);
}
