import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originOf } from './environment.ts';

test('a Director is spoken to over TLS on port 25555 unless the URL names another', () => {
  assert.equal(originOf('10.0.0.6'), 'https://10.0.0.6:25555');
  assert.equal(originOf('https://director.test'), 'https://director.test:25555');
  assert.equal(originOf('https://director.test:443/path'), 'https://director.test:443');
  assert.equal(originOf('http://127.0.0.1:25598'), 'https://127.0.0.1:25598');
  assert.equal(originOf('https://[::1]:8443'), 'https://[::1]:8443');
});

test('a port without a scheme is refused, with what to write instead', () => {
  assert.throws(() => originOf('127.0.0.1:25598'), { hint: 'Write https://127.0.0.1:25598.' });
});
