import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { blobId } from '@boti/core';
import S3rver from 's3rver';
import { BlobstoreRefused, createBlobstore } from '../src/index.ts';
import { openConnections, sendRequest } from '../src/send-request.ts';
import { providerContract } from './provider-contract.ts';

// The server knows keys and speaks S3, but does not compute signatures of version 4: those are held to AWS's published
// examples in sign-aws-request.test.ts.
const directory = mkdtempSync(join(tmpdir(), 's3-provider-'));
const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory,
  configureBuckets: [{ name: 'blobs', configs: [] }],
});
let port: number;
before(async () => {
  ({ port } = await server.run());
});
after(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

function s3(overrides: Record<string, unknown> = {}) {
  const key = { access_key_id: 'S3RVER', secret_access_key: 'S3RVER' };
  const options = { bucket_name: 'blobs', ...key, host: '127.0.0.1', port, use_ssl: false, ...overrides };
  return createBlobstore({ provider: 's3', options });
}

providerContract('s3', s3);

test('blobs may live in a folder of the bucket', async () => {
  const id = await s3({ folder_name: 'team/a' }).put({ stream: Readable.from(['in a folder']) });

  assert.equal(await text(await s3({ folder_name: 'team/a' }).open(id)), 'in a folder');
  assert.equal(await s3().exists(id), false);
});

test('a signed URL works without headers', async () => {
  const id = await s3().put({ stream: Readable.from(['by url']) });
  const url = s3().signedUrl(id, 'GET', 60) ?? '';

  const response = await sendRequest({
    method: 'GET',
    url,
    headers: {},
    connections: openConnections(),
    signal: undefined,
  });

  assert.equal(await text(response), 'by url');
});

test('an unknown key is refused, and the secret not told', async () => {
  const stranger = s3({ access_key_id: 'STRANGER', secret_access_key: 'hunter2' });

  await assert.rejects(stranger.put({ stream: Readable.from(['x']) }, { id: blobId('x') }), (error: unknown) => {
    assert.ok(error instanceof BlobstoreRefused);
    assert.equal(error.status, 403);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

test('a bucket that is not there is named', async () => {
  await assert.rejects(s3({ bucket_name: 'elsewhere' }).open(blobId('x')), /the bucket 'elsewhere'/);
});
