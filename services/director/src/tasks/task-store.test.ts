import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { testDatabase, testPostgres } from '../../test/test-database.ts';
import type { OpenDatabase } from '../database/open-database.ts';
import { cancelTask, claimTask, deleteOldTasks, findTask, finishTask, insertTask, listTasks } from './task-store.ts';

const postgres = await testPostgres(after);

test('many workers that take tasks at once never get the same one', async (t) => {
  const database = await testDatabase(t, postgres);
  for (let count = 0; count < 20; count += 1) await add(database);

  const claimed = await Promise.all(Array.from({ length: 25 }, () => claimTask(database, 'normal', randomUUID())));

  const ids = claimed.flatMap((task) => (task === undefined ? [] : [task.id])).sort((a, b) => a - b);
  assert.deepEqual(
    ids,
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test('a task that somebody else has ended stays as it is', async (t) => {
  const database = await testDatabase(t, postgres);
  const id = await add(database);
  await claimTask(database, 'normal', randomUUID());

  assert.equal(await finishTask(database, randomUUID(), { id, state: 'done', result: '' }), false);
  assert.equal((await findTask(database, id))?.state, 'processing');
});

test('lists are filtered by state, type, deployment, context and team', async (t) => {
  const database = await testDatabase(t, postgres);
  const plain = await add(database);
  const special = await add(database, { type: 'ssh', deployment: 'redis', contextId: 'c', teams: ['dev'] });
  await cancelTask(database, plain);
  const ids = async (filter: Parameters<typeof listTasks>[1]): Promise<number[]> =>
    (await listTasks(database, filter)).map((task) => task.id);

  assert.deepEqual(await ids({}), [special, plain]);
  assert.deepEqual(await ids({ states: ['cancelling'] }), [plain]);
  for (const filter of [{ types: ['ssh'] }, { deployment: 'redis' }, { contextId: 'c' }, { teams: ['dev', 'x'] }]) {
    assert.deepEqual(await ids(filter), [special]);
  }
  assert.deepEqual(await ids({ teams: [] }), []);
  assert.deepEqual(await ids({ limit: 1 }), [special]);
});

test('the newest ended tasks of each type are kept', async (t) => {
  const database = await testDatabase(t, postgres);
  const worker = randomUUID();
  for (let count = 0; count < 5; count += 1) {
    await add(database, { type: count < 3 ? 'ssh' : 'vms' });
    const task = await claimTask(database, 'normal', worker);
    await finishTask(database, worker, { id: task?.id ?? 0, state: 'done', result: '' });
  }
  const waiting = await add(database);

  assert.equal(await deleteOldTasks(database, 2), 1);
  assert.deepEqual(
    (await listTasks(database, {})).map(({ id }) => id).sort((a, b) => a - b),
    [2, 3, 4, 5, waiting],
  );
});

async function add(database: OpenDatabase, overrides: Partial<Parameters<typeof insertTask>[1]> = {}): Promise<number> {
  const task = await insertTask(database, {
    type: 'update_deployment',
    queue: 'normal',
    description: '',
    user: 'admin',
    deployment: null,
    contextId: '',
    teams: [],
    payload: {},
    ...overrides,
  });
  return task.id;
}
