import assert from 'node:assert/strict';
import { test } from 'node:test';
import { davSignature } from '@boti/blobstore';
import { basicAccess, isSignedFor } from './access.ts';

const users = { read: [{ user: 'r', password: 'rp' }], write: [{ user: 'w', password: 'wp:with colon' }] };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test('read users read, write users do everything', () => {
  assert.equal(basicAccess(users, 'GET', basic('r:rp')), 'allowed');
  assert.equal(basicAccess(users, 'HEAD', basic('r:rp')), 'allowed');
  assert.equal(basicAccess(users, 'PUT', basic('r:rp')), 403);
  assert.equal(basicAccess(users, 'DELETE', basic('r:rp')), 403);
  for (const verb of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
    assert.equal(basicAccess(users, verb, basic('w:wp:with colon')), 'allowed');
  }
});

test('nobody else gets in', () => {
  for (const header of [undefined, '', 'Basic', 'Basic !!', 'Bearer abc', basic('r:wrong'), basic('r'), basic(':')]) {
    assert.equal(basicAccess(users, 'GET', header), 401, String(header));
  }
});

function isSigned(changes: { verb?: 'GET' | 'PUT'; id?: string; now?: number; query?: Record<string, string> } = {}) {
  const st = davSignature({ secret: 's', verb: 'GET', id: 'a', timestamp: 1_000, expires: 60 });
  const query = new URLSearchParams({ st, ts: '1000', e: '60', ...changes.query });
  const { verb = 'GET', id = 'a', now = 1_060 } = changes;
  return isSignedFor({ secret: 's', verb, id, query, now });
}

test('a signature holds for its verb, blob and time', () => {
  assert.equal(isSigned(), true);
  assert.equal(isSigned({ verb: 'PUT' }), false);
  assert.equal(isSigned({ id: 'b' }), false);
  assert.equal(isSigned({ now: 1_061 }), false);
  assert.equal(isSigned({ query: { e: '600' } }), false);
  assert.equal(isSigned({ query: { ts: '01000' } }), false);
  assert.equal(isSigned({ query: { st: '' } }), false);
});

test('without a secret nothing is signed', () => {
  const query = new URLSearchParams({ st: 'x', ts: '1', e: '1' });
  assert.equal(isSignedFor({ secret: undefined, verb: 'GET', id: 'a', query, now: 1 }), false);
});
