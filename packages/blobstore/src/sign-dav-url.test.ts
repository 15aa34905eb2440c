import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { objectPath } from './object-path.ts';
import { signDavUrl } from './sign-dav-url.ts';

test('a blob stands in the folder that its SHA-1 begins with', () => {
  assert.equal(objectPath('abc'), 'a9/abc');
});

test('a signed URL carries the HMAC of verb, path, time and duration', () => {
  const signature = { secret: 's', verb: 'GET', id: 'abc', timestamp: 1_700_000_000, expires: 86_400 };
  const st = createHmac('sha256', 's').update('GETa9/abc170000000086400').digest('base64url');

  const url = signDavUrl({ endpoint: 'https://blobs:25250/', ...signature });

  assert.equal(url, `https://blobs:25250/signed/a9/abc?st=${st}&ts=1700000000&e=86400`);
});
