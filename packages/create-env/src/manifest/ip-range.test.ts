import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange } from './ip-range.ts';

test('a range knows its addresses and its netmask', () => {
  const range = parseRange('10.0.16.0/20');

  assert.equal(range?.netmask, '255.255.240.0');
  assert.deepEqual([range?.network, range?.broadcast], ['10.0.16.0', '10.0.31.255']);
  assert.equal(range?.contains('10.0.31.7'), true);
  assert.equal(range?.contains('10.0.32.1'), false);
});

test('IPv6 ranges have the netmask in full', () => {
  const range = parseRange('2001:db8::/36');

  assert.equal(range?.netmask, 'ffff:ffff:f000:0000:0000:0000:0000:0000');
  assert.equal(range?.contains('2001:db8:fff::1'), true);
});

test('what is no range is none', () => {
  for (const text of ['10.0.0/24', '10.0.0.0', '10.0.0.0/33', '10.0.0.0/24/1', 'x/8', '']) {
    assert.equal(parseRange(text), undefined, text);
  }
});
