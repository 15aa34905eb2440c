import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange } from './byte-range.ts';

test('a range is cut to what there is', () => {
  assert.deepEqual(parseRange('bytes=2-', 10), { start: 2, end: 10 });
  assert.deepEqual(parseRange('bytes=2-4', 10), { start: 2, end: 5 });
  assert.deepEqual(parseRange('bytes=2-99', 10), { start: 2, end: 10 });
  assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 10 });
});

test('a range behind the end cannot be had, nor any of nothing', () => {
  assert.equal(parseRange('bytes=10-', 10), 'unsatisfiable');
  assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable');
  assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable');
});

test('no range, several ranges and nonsense mean the whole', () => {
  for (const header of [undefined, 'bytes=0-1,3-4', 'bytes=-', 'lines=1-2', 'bytes=5-2']) {
    assert.equal(parseRange(header, 10), undefined);
  }
});
