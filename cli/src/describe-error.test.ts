import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpectedError } from '@boti/core';
import { describeError } from './describe-error.ts';

test('causes are indented below what was being done, and the hint comes last', () => {
  const reply = new ExpectedError('Director said no', { hint: 'Log in first.' });
  const error = new ExpectedError('Fetching manifest', {
    cause: new ExpectedError('Finding deployment', { cause: reply }),
  });

  assert.equal(
    describeError(error),
    'Fetching manifest:\n  Finding deployment:\n    Director said no\nHint: Log in first.',
  );
});

test('a cause that its error has told already is not told again', () => {
  assert.equal(
    describeError(new ExpectedError('Reading x: no such file', { cause: new Error('no such file') })),
    'Reading x: no such file',
  );
});

test('several failures at once are all told', () => {
  const both = new AggregateError([new Error('one'), new Error('two')], 'Two disks failed');

  assert.equal(describeError(both), 'Two disks failed\none\ntwo');
});
