import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticateBasic } from './authenticate.ts';

const authenticate = authenticateBasic([{ name: 'admin', password: 'a:b', scopes: ['bosh.admin'] }]);
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test('a user is known by name and password', () => {
  assert.deepEqual(authenticate(basic('admin:a:b')), { name: 'admin', scopes: ['bosh.admin'] });
});

test('wrong passwords, other users and other schemes are nobody', () => {
  for (const header of [undefined, '', basic('admin:a'), basic('admin'), basic('other:a:b'), 'Bearer x', 'Basic !']) {
    assert.equal(authenticate(header), undefined);
  }
});
