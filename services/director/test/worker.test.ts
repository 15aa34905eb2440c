import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { silentLogger, systemClock } from '@boti/core';
import { waitFor } from '@boti/testkit';
import { z } from 'zod';
import type { OpenDatabase } from '../src/database/open-database.ts';
import { listEvents } from '../src/events/event-store.ts';
import { listLocks } from '../src/locks/lock-store.ts';
import { outputSize, readOutput } from '../src/tasks/task-output-store.ts';
import { taskQueue } from '../src/tasks/task-queue.ts';
import { cancelTask, claimTask, findTask, type StoredTask } from '../src/tasks/task-store.ts';
import { type AnyTaskType, type TaskKind, type TaskType, taskType } from '../src/tasks/task-type.ts';
import { startWorker } from '../src/tasks/worker.ts';
import { openWorkerSession } from '../src/tasks/worker-session.ts';
import { testDatabase, testPostgres } from './test-database.ts';

const postgres = await testPostgres(after);

const greetKind: TaskKind<{ readonly name: string }> = {
  name: 'greet',
  queue: 'normal',
  input: z.object({ name: z.string() }),
  describe: ({ name }) => `greet ${name}`,
};

const greet = taskType(greetKind, async ({ name }, ctx) => {
  const stage = ctx.events.stage('Greeting', 1, ['friends']);
  await stage.track(name, async (progress) => progress.status('shaking hands', 30));
  ctx.result.write(`{"greeted":"${name}"}\n`);
  ctx.cpiLog.write('no cloud was touched\n');
  return `greeted ${name}`;
});

/** Runs until it is told to end. */
const wait = taskType({ ...greetKind, name: 'wait' }, async (_, ctx) => {
  await ctx.clock.sleep(60_000, ctx.signal);
  return 'waited';
});

test('a queued task is run at once and leaves its output', async (t) => {
  const { database, enqueue } = await worker(t, [greet]);

  const task = await enqueue(greet, 'redis');
  const ended = await end(database, task);

  assert.deepEqual([ended.state, ended.result, ended.description], ['done', 'greeted redis', 'greet redis']);
  const events = (await output(database, task.id, 'event'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const subject = { stage: 'Greeting', tags: ['friends'], total: 1, task: 'redis', index: 1 };
  assert.deepEqual(
    events.map(({ time, ...event }) => event),
    [
      { ...subject, state: 'started', progress: 0 },
      { ...subject, state: 'in_progress', progress: 30, data: { status: 'shaking hands' } },
      { ...subject, state: 'finished', progress: 100 },
    ],
  );
  assert.equal(await output(database, task.id, 'result'), '{"greeted":"redis"}\n');
  assert.match(await output(database, task.id, 'debug'), /Enqueuing task: 1\n.*Starting task: 1/s);
});

test('a failed task says why, with the number of its error, in its last line', async (t) => {
  const fail = taskType(greetKind, async () => {
    throw new Error('the door is shut');
  });
  const { database, enqueue } = await worker(t, [fail]);

  const task = await enqueue(fail, 'redis');
  const ended = await end(database, task);

  assert.deepEqual([ended.state, ended.result], ['error', 'the door is shut']);
  const { error } = JSON.parse(await output(database, task.id, 'event'));
  assert.deepEqual(error, { code: 100, message: 'the door is shut' });
});

test('a running task is cancelled through the database', async (t) => {
  const { database, enqueue } = await worker(t, [wait]);
  const task = await enqueue(wait, 'x');
  await waitFor('the task to run', async () => (await findTask(database, task.id))?.state === 'processing');

  assert.equal(await cancelTask(database, task.id), true);
  const ended = await end(database, task);

  assert.deepEqual([ended.state, ended.result], ['cancelled', 'task cancelled']);
  assert.match(await output(database, task.id, 'event'), /"code":10001,"message":"Task 1 cancelled"/);
  assert.equal(await cancelTask(database, task.id), false);
});

test('a task cancelled before a worker had it never runs', async (t) => {
  const database = await testDatabase(t, postgres);
  const task = await queueOf(database, [greet]).enqueue(greet, { name: 'x' }, { user: 'admin' });
  await cancelTask(database, task.id);

  await start(t, database, [greet]);
  const ended = await end(database, task);

  assert.deepEqual([ended.state, await output(database, task.id, 'result')], ['cancelled', '']);
});

test('stopping a worker interrupts what is still running after the grace', async (t) => {
  const database = await testDatabase(t, postgres);
  const running = await startWorker(options(database, [wait]));
  const task = await queueOf(database, [wait]).enqueue(wait, { name: 'x' }, { user: 'admin' });
  await waitFor('the task to run', async () => (await findTask(database, task.id))?.state === 'processing');

  await running.stop(10);

  const ended = await findTask(database, task.id);
  assert.deepEqual([ended?.state, ended?.result], ['error', 'The Director was stopped while the task ran']);
});

test('tasks and locks of a process that is gone are ended by the next worker', async (t) => {
  const database = await testDatabase(t, postgres);
  const dead = randomUUID();
  const task = await queueOf(database, [wait]).enqueue(wait, { name: 'x' }, { user: 'admin' });
  await claimTask(database, 'normal', dead);
  await database.query(
    `insert into locks (name, uid, task_id, worker_id, expires_at)
     values ('lock:release:x', gen_random_uuid(), $1, $2, now() + interval '4 minutes')`,
    [task.id, dead],
  );

  await start(t, database, [wait]);

  const ended = await findTask(database, task.id);
  assert.deepEqual([ended?.state, await listLocks(database)], ['error', []]);
  assert.match(await output(database, task.id, 'event'), /has ended before the task did/);
});

test('tasks of a process that lives are left alone', async (t) => {
  const database = await testDatabase(t, postgres);
  const other = randomUUID();
  const session = await openWorkerSession({ database, workerId: other, clock: systemClock, log: silentLogger });
  t.after(() => session[Symbol.asyncDispose]());
  const task = await queueOf(database, [wait]).enqueue(wait, { name: 'x' }, { user: 'admin' });
  await claimTask(database, 'normal', other);

  await start(t, database, [wait]);

  assert.equal((await findTask(database, task.id))?.state, 'processing');
});

test('a lock keeps a second task out until the first lets go, and names the first when it does not', async (t) => {
  const first = Promise.withResolvers<void>();
  const hold = lockingTask('hold', 5000, () => first.promise);
  const impatient = lockingTask('impatient', 0, async () => undefined);
  const patient = lockingTask('patient', 5000, async () => undefined);
  const { database, enqueue } = await worker(t, [hold, impatient, patient]);
  const held = await enqueue(hold, 'x');
  await waitFor('the lock', async () => (await listLocks(database)).length === 1);

  const refused = await end(database, await enqueue(impatient, 'x'));
  const waiting = await enqueue(patient, 'x');
  first.resolve();

  assert.equal((await end(database, held)).state, 'done');
  assert.equal((await end(database, waiting)).state, 'done');
  assert.match(
    JSON.parse(await output(database, refused.id, 'event')).error.message,
    /^Failed to acquire lock for lock:deployment:x uid: [0-9a-f-]{36}\. Locking task id is 1, description: 'greet x'$/,
  );
  const events = (await listEvents(database, { limit: 10 })).reverse();
  assert.deepEqual(
    events.map(({ action, objectName, deployment, taskId }) => [action, objectName, deployment, taskId]),
    [
      ['acquire', 'lock:deployment:x', 'x', '1'],
      ['release', 'lock:deployment:x', 'x', '1'],
      ['acquire', 'lock:deployment:x', 'x', '3'],
      ['release', 'lock:deployment:x', 'x', '3'],
    ],
  );
});

test('a worker that lost its connections takes tasks again', async (t) => {
  const { database, enqueue } = await worker(t, [greet]);
  await database
    .query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    )
    .catch(() => undefined);

  const ended = await end(database, await enqueue(greet, 'again'));

  assert.equal(ended.state, 'done');
});

test('output is read in any part across its pieces', async (t) => {
  const long = 'x'.repeat(200_000);
  const talk = taskType(greetKind, async (_, ctx) => {
    ctx.result.write(`a${long}`);
    await ctx.clock.sleep(100);
    ctx.result.write(`b${long}`);
    ctx.result.write(`c${long}`);
    return '';
  });
  const { database, enqueue } = await worker(t, [talk]);
  const task = await enqueue(talk, 'x');
  await end(database, task);

  const whole = `a${long}b${long}c${long}`;
  assert.equal(await output(database, task.id, 'result'), whole);
  assert.equal(await outputSize(database, task.id, 'cpi'), null);
  for (const [from, to] of [
    [0, 3],
    [200_000, 200_004],
    [150_000, 500_000],
    [600_002, 600_003],
  ] as const) {
    assert.equal(await output(database, task.id, 'result', from, to), whole.slice(from, to));
  }
});

function lockingTask(name: string, waitMs: number, work: () => Promise<void>): TaskType<{ readonly name: string }> {
  return taskType({ ...greetKind, name }, async (input, ctx) => {
    await ctx.withLock(`lock:deployment:${input.name}`, { waitMs }, work);
    return '';
  });
}

type Test = { after(work: () => Promise<void>): void };

function options(database: OpenDatabase, types: readonly AnyTaskType[]) {
  return { database, types, concurrency: { normal: 3, urgent: 3 }, clock: systemClock, log: silentLogger };
}

function queueOf(database: OpenDatabase, types: readonly AnyTaskType[]) {
  const supported = new Set(types.map(({ name }) => name));
  return taskQueue({ database, clock: systemClock, version: 'test', supported });
}

async function start(t: Test, database: OpenDatabase, types: readonly AnyTaskType[]): Promise<void> {
  const running = await startWorker(options(database, types));
  t.after(() => running.stop(0));
}

async function worker(t: Test, types: readonly AnyTaskType[]) {
  const database = await testDatabase({ after: () => undefined }, postgres);
  const running = await startWorker(options(database, types));
  t.after(async () => {
    await running.stop(0);
    await database.close();
  });
  const queue = queueOf(database, types);
  const enqueue = (type: TaskKind<{ readonly name: string }>, name: string): Promise<StoredTask> =>
    queue.enqueue(type, { name }, { user: 'admin' });
  return { database, enqueue };
}

function end(database: OpenDatabase, { id }: StoredTask): Promise<StoredTask> {
  return waitFor(`the end of task ${id}`, async () => {
    const task = await findTask(database, id);
    return task?.finishedAt == null ? undefined : task;
  });
}

async function output(
  database: OpenDatabase,
  id: number,
  type: 'event' | 'result' | 'debug',
  start = 0,
  end = Number.MAX_SAFE_INTEGER,
): Promise<string> {
  const pieces = await Array.fromAsync(readOutput(database, id, { type, start, end }));
  return Buffer.concat(pieces).toString();
}
