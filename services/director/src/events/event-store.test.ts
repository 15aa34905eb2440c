import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase, testPostgres } from '../../test/test-database.ts';
import { deleteOldEvents, insertEvent, listEvents } from './event-store.ts';
import { recordOperation } from './record-operation.ts';

const postgres = await testPostgres(after);
const event = { user: 'admin', action: 'create', objectType: 'vm', objectName: 'vm-1' };

test('an operation leaves two events, the second with its failure', async (t) => {
  const database = await testDatabase(t, postgres);
  const work = async (): Promise<void> => {
    throw new Error('no room');
  };

  await assert.rejects(recordOperation(database, { ...event, context: { az: 'z1' } }, work), /no room/);

  const events = await listEvents(database, { limit: 10 });
  assert.deepEqual(
    events.map(({ id, parentId, error, context }) => ({ id, parentId, error, context })),
    [
      { id: 2, parentId: 1, error: 'no room', context: {} },
      { id: 1, parentId: null, error: null, context: { az: 'z1' } },
    ],
  );
});

test('events are filtered by time and page', async (t) => {
  const database = await testDatabase(t, postgres);
  for (const hour of [1, 2, 3])
    await insertEvent(database, { ...event, timestamp: new Date(Date.UTC(2026, 0, 1, hour)) });
  const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
  const ids = async (query: Omit<Parameters<typeof listEvents>[1], 'limit'>): Promise<number[]> =>
    (await listEvents(database, { ...query, limit: 10 })).map(({ id }) => id);

  assert.deepEqual(await ids({ before: at(2) }), [1]);
  assert.deepEqual(await ids({ after: at(2) }), [3, 2]);
  assert.deepEqual(await ids({ beforeId: 3 }), [2, 1]);
  assert.deepEqual(await ids({ objectName: 'vm-2' }), []);
});

test('the newest events are kept', async (t) => {
  const database = await testDatabase(t, postgres);
  for (let count = 0; count < 5; count += 1) await insertEvent(database, event);

  assert.equal(await deleteOldEvents(database, 2), 3);
  assert.deepEqual(
    (await listEvents(database, { limit: 10 })).map(({ id }) => id),
    [5, 4],
  );
});
