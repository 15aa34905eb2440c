import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareVersions,
  nextDevVersion,
  nextFinalVersion,
  parseVersion,
  resolveVersion,
  sortVersions,
} from './version.ts';

test('versions are in order: pre before release before post, numbers before words', () => {
  const inOrder = ['1-alpha', '1-beta.2', '1-beta.10', '1', '1+dev.1', '1+dev.10', '1.0.1', '1.2', '1.10', '1.a', '2'];

  assert.deepEqual(sortVersions(inOrder.toReversed()), inOrder);
});

test('missing components count as zero', () => {
  assert.equal(compareVersions('1', '1.0.0'), 0);
});

test('numbers longer than 2^53 are told apart', () => {
  assert.ok(compareVersions('0+dev.17953374221795337422', '0+dev.17953374221795337423') < 0);
});

test('what is no version is refused', () => {
  for (const text of ['', 'a b', '1..2', '1+', '-1', '1/2'])
    assert.throws(() => parseVersion(text), /is not a version/);
});

test('dev and final versions count up', () => {
  assert.equal(nextDevVersion('0'), '0+dev.1');
  assert.equal(nextDevVersion('9+dev.3'), '9+dev.4');
  assert.equal(nextDevVersion('5.1-rc.2'), '5.1-rc.2+dev.1');
  assert.equal(nextFinalVersion('1.2'), '1.3');
  assert.equal(nextFinalVersion('11+dev.1'), '12');
  assert.throws(() => nextFinalVersion('1.a'), /cannot be counted up/);
});

test('latest means the newest that its prefix allows', () => {
  const available = ['1', '1.2', '1.2.1', '1.10', '2+dev.1', '2-rc.1'];

  assert.equal(resolveVersion('latest', available), '2+dev.1');
  assert.equal(resolveVersion('1.latest', available), '1.10');
  assert.equal(resolveVersion('1.2.latest', available), '1.2.1');
  assert.equal(resolveVersion('3.latest', available), undefined);
  assert.equal(resolveVersion('1.2', available), '1.2');
});
