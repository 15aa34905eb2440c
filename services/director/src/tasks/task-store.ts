import type { TaskState } from '@boti/director-api';
import type { Sql } from '../database/sql.ts';
import type { TaskQueue } from './task-type.ts';

/** Channels of LISTEN/NOTIFY; a task's id is the payload of `cancel`. */
export const taskChannels = { queued: 'boti_task_queued', cancel: 'boti_task_cancel' } as const;

export interface StoredTask {
  readonly id: number;
  readonly state: TaskState;
  readonly type: string;
  readonly description: string;
  readonly user: string | null;
  readonly deployment: string | null;
  readonly contextId: string;
  readonly teams: readonly string[];
  readonly payload: unknown;
  readonly result: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

interface TaskRow {
  readonly id: string;
  readonly state: TaskState;
  readonly type: string;
  readonly description: string;
  readonly username: string | null;
  readonly deployment_name: string | null;
  readonly context_id: string;
  readonly teams: readonly string[];
  readonly payload: unknown;
  readonly result: string | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export interface NewTask {
  readonly type: string;
  readonly queue: TaskQueue;
  readonly description: string;
  readonly user: string | null;
  readonly deployment: string | null;
  readonly contextId: string;
  readonly teams: readonly string[];
  readonly payload: unknown;
}

/** Call within a transaction: workers hear of the task when it is committed. */
export async function insertTask(sql: Sql, task: NewTask): Promise<StoredTask> {
  const { rows } = await sql.query<TaskRow>(
    `insert into tasks (type, queue, description, username, deployment_name, context_id, teams, payload)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning *`,
    [
      task.type,
      task.queue,
      task.description,
      task.user,
      task.deployment,
      task.contextId,
      JSON.stringify(task.teams),
      JSON.stringify(task.payload),
    ],
  );
  await sql.query('select pg_notify($1, $2)', [taskChannels.queued, task.queue]);
  return toTask(rows[0] as TaskRow);
}

/** Takes the oldest waiting task of a queue for this worker, or answers undefined. */
export async function claimTask(sql: Sql, queue: TaskQueue, workerId: string): Promise<StoredTask | undefined> {
  const { rows } = await sql.query<TaskRow>(
    `update tasks set worker_id = $2, started_at = now(), checkpoint_at = now(),
            state = case state when 'queued' then 'processing' else state end
      where id = (select id from tasks
                   where queue = $1 and worker_id is null and state in ('queued', 'cancelling')
                   order by id limit 1 for update skip locked)
      returning *`,
    [queue, workerId],
  );
  return rows[0] && toTask(rows[0]);
}

/** Ends a task of this worker. False: it is not this worker's any more. */
export async function finishTask(
  sql: Sql,
  workerId: string,
  end: { readonly id: number; readonly state: TaskState; readonly result: string },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update tasks set state = $3, result = $4, finished_at = now()
      where id = $1 and worker_id = $2 and state in ('processing', 'cancelling')`,
    [end.id, workerId, end.state, end.result],
  );
  return rowCount === 1;
}

/** Stamps the worker's tasks as being worked on, and says which they are and in which state. */
export async function checkpointTasks(sql: Sql, workerId: string): Promise<ReadonlyMap<number, TaskState>> {
  const { rows } = await sql.query<{ id: string; state: TaskState }>(
    `update tasks set checkpoint_at = now()
      where worker_id = $1 and state in ('processing', 'cancelling') returning id, state`,
    [workerId],
  );
  return new Map(rows.map((row) => [Number(row.id), row.state]));
}

/** Asks for a task's end; its worker hears of it. False: it has ended already. */
export async function cancelTask(sql: Sql, id: number): Promise<boolean> {
  const { rows } = await sql.query<{ queue: string; waiting: boolean }>(
    `update tasks set state = 'cancelling' where id = $1 and state in ('queued', 'processing')
     returning queue, worker_id is null as waiting`,
    [id],
  );
  const [task] = rows;
  if (task === undefined) return false;
  const [channel, payload] = task.waiting ? [taskChannels.queued, task.queue] : [taskChannels.cancel, String(id)];
  await sql.query('select pg_notify($1, $2)', [channel, payload]);
  return true;
}

export async function findTask(sql: Sql, id: number): Promise<StoredTask | undefined> {
  const { rows } = await sql.query<TaskRow>('select * from tasks where id = $1', [id]);
  return rows[0] && toTask(rows[0]);
}

export interface TaskFilter {
  readonly states?: readonly string[];
  readonly types?: readonly string[];
  readonly deployment?: string | undefined;
  readonly contextId?: string | undefined;
  /** Only tasks of these teams; undefined is everything. */
  readonly teams?: readonly string[];
  readonly limit?: number | undefined;
}

/** Newest first, those that have not ended on top. */
export async function listTasks(sql: Sql, filter: TaskFilter): Promise<StoredTask[]> {
  const { rows } = await sql.query<TaskRow>(
    `select * from tasks
      where ($1::text[] is null or state = any($1)) and ($2::text[] is null or type = any($2))
        and ($3::text is null or deployment_name = $3) and ($4::text is null or context_id = $4)
        and ($5::text[] is null or teams ?| $5)
      order by coalesce(finished_at, 'infinity') desc, id desc limit $6`,
    [
      filter.states ?? null,
      filter.types ?? null,
      filter.deployment ?? null,
      filter.contextId ?? null,
      filter.teams ?? null,
      filter.limit ?? null,
    ],
  );
  return rows.map(toTask);
}

/** Keeps the newest `keep` ended tasks of each type. */
export async function deleteOldTasks(sql: Sql, keep: number): Promise<number> {
  const { rowCount } = await sql.query(
    `delete from tasks where id in (
       select id from (select id, row_number() over (partition by type order by id desc) as place from tasks
                        where state not in ('queued', 'processing', 'cancelling')) ended
        where place > $1)`,
    [keep],
  );
  return rowCount ?? 0;
}

export function toTask(row: TaskRow): StoredTask {
  return {
    id: Number(row.id),
    state: row.state,
    type: row.type,
    description: row.description,
    user: row.username,
    deployment: row.deployment_name,
    contextId: row.context_id,
    teams: row.teams,
    payload: row.payload,
    result: row.result,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** Ids of worker processes that hold tasks or locks, but not the advisory lock that each has while it lives. */
export async function deadWorkers(sql: Sql): Promise<readonly string[]> {
  const { rows } = await sql.query<{ worker_id: string }>(
    `with known as materialized (
       select worker_id from tasks where state in ('processing', 'cancelling') and worker_id is not null
       union select worker_id from locks where worker_id is not null)
     select worker_id from known where pg_try_advisory_xact_lock(hashtextextended(worker_id::text, 0))`,
  );
  return rows.map((row) => row.worker_id);
}

/** Ends the tasks of these workers; answers their ids. */
export async function endTasksOf(
  sql: Sql,
  workers: readonly string[],
  explanation: string,
): Promise<readonly number[]> {
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
