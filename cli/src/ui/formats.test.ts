import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatDecimalBytes, formatDuration, formatTime, formatUptime, formatYaml } from './formats.ts';

test('times are in UTC, whatever way they come in', () => {
  assert.equal(formatTime(1795336899), 'Sun Nov 22 08:41:39 UTC 2026');
  assert.equal(formatTime('2026-11-22T08:42:19Z'), 'Sun Nov 22 08:42:19 UTC 2026');
  assert.equal(formatTime('2026-11-02 08:42:19 UTC'), 'Mon Nov  2 08:42:19 UTC 2026');
  assert.equal(formatTime(null), '');
});

test('amounts have one decimal below ten', () => {
  assert.equal(formatBytes(1024 ** 3), '1.0 GiB');
  assert.equal(formatBytes(12 * 1024 ** 3), '12 GiB');
  assert.equal(formatDecimalBytes(5_427_896_000), '5.4 GB');
  assert.equal(formatDecimalBytes(100_000), '100 kB');
  assert.equal(formatDecimalBytes(0), '0 B');
});

test('durations and uptimes', () => {
  assert.equal(formatDuration(3669), '01:01:09');
  assert.equal(formatUptime(144_987), '1d 16h 16m 27s');
  assert.equal(formatUptime(undefined), '');
});

test('an empty value is no YAML at all', () => {
  assert.equal(formatYaml({}), '');
  assert.equal(formatYaml({ b: 1, a: [{ c: 'x' }] }), 'a:\n- c: x\nb: 1');
});
