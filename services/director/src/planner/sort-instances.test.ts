import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sortInstances } from './sort-instances.ts';

test('the bootstrap instance and its AZ come first, then who has no AZ, then the other AZs by name', () => {
  const at = (uuid: string, az: string | null, bootstrap = false) => ({ group: 'web', uuid, az, bootstrap });

  const sorted = sortInstances([
    at('f', 'z3'),
    at('e', 'z1'),
    at('d', null),
    at('b', 'z2'),
    at('c', 'z2'),
    at('x', 'z2', true),
  ]);

  assert.deepEqual(
    sorted.map(({ uuid }) => uuid),
    ['x', 'b', 'c', 'd', 'e', 'f'],
  );
});
