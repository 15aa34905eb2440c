import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as kinds from './task-kinds.ts';
import { taskTypes } from './task-types.ts';

test('every kind of task that can be enqueued has one handler', () => {
  const enqueued = Object.entries(kinds).flatMap(([name, kind]) =>
    name.endsWith('Task') ? [(kind as { readonly name: string }).name] : [],
  );

  // Handlers do nothing with the services before they run.
  const handled = taskTypes({} as never).map(({ name }) => name);

  assert.deepEqual(handled.toSorted(), enqueued.toSorted());
  assert.ok(enqueued.length > 20);
});
