import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generatePassword } from './generate-password.ts';

test('a password has as many letters and digits as asked for, twenty if nothing is asked', () => {
  assert.match(generatePassword(null), /^[a-z0-9]{20}$/);
  assert.match(generatePassword(new Map([['length', 0]])), /^[a-z0-9]{20}$/);
  assert.match(generatePassword(new Map([['length', 7]])), /^[a-z0-9]{7}$/);
});

test('a negative length is refused', () => {
  assert.throws(() => generatePassword(new Map([['length', -3]])), /'length': cannot be negative/);
});
