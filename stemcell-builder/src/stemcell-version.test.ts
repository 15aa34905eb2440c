import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stemcellVersionAt } from './stemcell-version.ts';

test('a version is the day and its second, without leading zeros', () => {
  assert.equal(stemcellVersionAt(new Date('2026-01-02T00:01:05Z')), '1.20260102.65');
});
