import type { Sql } from '../database/sql.ts';

/** Told when a lock becomes free, with its name, so that nobody needs to wait for the next look. */
export const lockReleasedChannel = 'boti_lock_released';

export interface LockRequest {
  readonly name: string;
  readonly uid: string;
  readonly taskId: number;
  readonly workerId: string;
  readonly ttlSeconds: number;
}

/** Takes the named lock, or takes it over once its holder has let it lapse or its process is gone. */
export async function acquireLock(sql: Sql, lock: LockRequest): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into locks (name, uid, task_id, worker_id, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(secs => $5))
     on conflict (name) do update
       set uid = excluded.uid, task_id = excluded.task_id, worker_id = excluded.worker_id,
           expires_at = excluded.expires_at
       where locks.expires_at < now()
          or (locks.worker_id <> excluded.worker_id
              and pg_try_advisory_xact_lock(hashtextextended(locks.worker_id::text, 0)))`,
    [lock.name, lock.uid, lock.taskId, lock.workerId, lock.ttlSeconds],
  );
  return rowCount === 1;
}

/** False: somebody else has taken it over. */
export async function renewLock(sql: Sql, name: string, uid: string, ttlSeconds: number): Promise<boolean> {
  const { rowCount } = await sql.query(
    'update locks set expires_at = now() + make_interval(secs => $3) where name = $1 and uid = $2',
    [name, uid, ttlSeconds],
  );
  return rowCount === 1;
}

export async function releaseLock(sql: Sql, name: string, uid: string): Promise<void> {
  await sql.query(
    `with released as (delete from locks where name = $1 and uid = $2 returning name)
     select pg_notify($3, name) from released`,
    [name, uid, lockReleasedChannel],
  );
}

export interface HeldLock {
  readonly name: string;
  readonly uid: string;
  readonly taskId: number | null;
  readonly taskDescription: string | null;
  readonly expiresAt: Date;
}

interface LockRow {
  readonly name: string;
  readonly uid: string;
  readonly task_id: string | null;
  readonly description: string | null;
  readonly expires_at: Date;
}

const selectLocks = 'select l.*, t.description from locks l left join tasks t on t.id = l.task_id';

export async function findLock(sql: Sql, name: string): Promise<HeldLock | undefined> {
  const { rows } = await sql.query<LockRow>(`${selectLocks} where l.name = $1`, [name]);
  return rows[0] && toLock(rows[0]);
}

/** Forgets locks that lapsed more than a minute ago, and lists the others. */
export async function listLocks(sql: Sql): Promise<HeldLock[]> {
  await sql.query(`delete from locks where expires_at < now() - interval '60 seconds'`);
  const { rows } = await sql.query<LockRow>(`${selectLocks} order by l.name`);
  return rows.map(toLock);
}

export async function deleteLocksOfWorkers(sql: Sql, workerIds: readonly string[]): Promise<void> {
  await sql.query(
    `with released as (delete from locks where worker_id = any($1) returning name)
     select pg_notify($2, name) from released`,
    [workerIds, lockReleasedChannel],
  );
}

function toLock(row: LockRow): HeldLock {
  return {
    name: row.name,
    uid: row.uid,
    taskId: row.task_id === null ? null : Number(row.task_id),
    taskDescription: row.description,
    expiresAt: row.expires_at,
  };
}
