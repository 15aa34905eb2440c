import type { Sql } from '../database/sql.ts';

/** Who did what to which thing, for `bosh events`. */
export interface NewEvent {
  readonly parentId?: number | null;
  readonly user: string | null;
  readonly action: string;
  readonly objectType: string;
  readonly objectName?: string | null;
  readonly error?: string | null;
  readonly taskId?: number | string | null;
  readonly deployment?: string | null;
  readonly instance?: string | null;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly timestamp?: Date;
}

export interface StoredEvent {
  readonly id: number;
  readonly parentId: number | null;
  readonly timestamp: Date;
  readonly user: string | null;
  readonly action: string;
  readonly objectType: string;
  readonly objectName: string | null;
  readonly error: string | null;
  readonly taskId: string | null;
  readonly deployment: string | null;
  readonly instance: string | null;
  readonly context: Readonly<Record<string, unknown>>;
}

interface EventRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly timestamp: Date;
  readonly username: string | null;
  readonly action: string;
  readonly object_type: string;
  readonly object_name: string | null;
  readonly error: string | null;
  readonly task_id: string | null;
  readonly deployment: string | null;
  readonly instance: string | null;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Answers the id, which the event of the operation's end carries as `parentId`. */
export async function insertEvent(sql: Sql, event: NewEvent): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into events (parent_id, username, action, object_type, object_name, error, task_id, deployment, instance,
                         context, timestamp)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($11, now())) returning id`,
    [
      event.parentId ?? null,
      event.user,
      event.action,
      event.objectType,
      event.objectName ?? null,
      event.error ?? null,
      event.taskId ?? null,
      event.deployment ?? null,
      event.instance ?? null,
      JSON.stringify(event.context ?? {}),
      event.timestamp ?? null,
    ],
  );
  return Number(rows[0]?.id);
}

export interface EventQuery {
  readonly beforeId?: number | undefined;
  readonly before?: Date | undefined;
  readonly after?: Date | undefined;
  readonly task?: string | undefined;
  readonly deployment?: string | undefined;
  readonly instance?: string | undefined;
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectName?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listEvents(sql: Sql, query: EventQuery): Promise<StoredEvent[]> {
  const { rows } = await sql.query<EventRow>(
    `select * from events
      where ($1::bigint is null or id < $1) and ($2::timestamptz is null or timestamp < $2)
        and ($3::timestamptz is null or timestamp >= $3) and ($4::text is null or task_id = $4)
        and ($5::text is null or deployment = $5) and ($6::text is null or instance = $6)
        and ($7::text is null or username = $7) and ($8::text is null or action = $8)
        and ($9::text is null or object_type = $9) and ($10::text is null or object_name = $10)
      order by id desc limit $11`,
    [
      query.beforeId ?? null,
      query.before ?? null,
      query.after ?? null,
      query.task ?? null,
      query.deployment ?? null,
      query.instance ?? null,
      query.user ?? null,
      query.action ?? null,
      query.objectType ?? null,
      query.objectName ?? null,
      query.limit,
    ],
  );
  return rows.map(toEvent);
}

export async function findEvent(sql: Sql, id: number): Promise<StoredEvent | undefined> {
  const { rows } = await sql.query<EventRow>('select * from events where id = $1', [id]);
  return rows[0] && toEvent(rows[0]);
}

/** Keeps the newest `keep` events. */
export async function deleteOldEvents(sql: Sql, keep: number): Promise<number> {
  const { rowCount } = await sql.query(
    'delete from events where id <= (select id from events order by id desc offset $1 limit 1)',
    [keep],
  );
  return rowCount ?? 0;
}

function toEvent(row: EventRow): StoredEvent {
  return {
    id: Number(row.id),
    parentId: row.parent_id === null ? null : Number(row.parent_id),
    timestamp: row.timestamp,
    user: row.username,
    action: row.action,
    objectType: row.object_type,
    objectName: row.object_name,
    error: row.error,
    taskId: row.task_id,
    deployment: row.deployment,
    instance: row.instance,
    context: row.context,
  };
}
