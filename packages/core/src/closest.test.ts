import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closest } from './closest.ts';

test('a typing error is recognised: a letter too few, too many, a wrong one, two swapped', () => {
  const known = ['jobs', 'networks', 'releases'];

  assert.deepEqual(
    ['job', 'networkss', 'relaases', 'jbos', 'releasse'].map((word) => closest(word, known)),
    ['jobs', 'networks', 'releases', 'jobs', 'releases'],
  );
});

test('what is unlike all of them is not', () => {
  assert.equal(closest('stemcells', ['jobs', 'networks']), undefined);
  assert.equal(closest('ab', ['ba', 'xy']), 'ba');
  assert.equal(closest('', ['jobs']), undefined);
});
