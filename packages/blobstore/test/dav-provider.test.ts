import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { blobId } from '@boti/core';
import { testCertificates } from '@boti/testkit';
import { BlobstoreRefused, BlobstoreUnreachable, createBlobstore, localBlobstore } from '../src/index.ts';
import { openConnections, sendRequest } from '../src/send-request.ts';
import { type DavServerProcess, startDavServer } from './dav-server-process.ts';
import { providerContract } from './provider-contract.ts';

const home = mkdtempSync(join(tmpdir(), 'boti-dav-tls-'));
let server: DavServerProcess;
let ca: string;

before(async () => {
  const certificates = await testCertificates();
  ca = certificates.ca.certificate;
  const tls = { certificate_file: join(home, 'certificate'), private_key_file: join(home, 'key') };
  writeFileSync(tls.certificate_file, certificates.https.certificate);
  writeFileSync(tls.private_key_file, certificates.https.privateKey);
  server = await startDavServer({ tls });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

function dav(overrides: Record<string, unknown> = {}) {
  const endpoint = `https://127.0.0.1:${server.port}`;
  const options = { endpoint, user: 'writer', password: 'w', secret: 'shared', tls: { cert: { ca } }, ...overrides };
  return createBlobstore({ provider: 'dav', options });
}

providerContract('dav', dav);

test('a local client and the server share one directory', async () => {
  const id = await localBlobstore(server.directory).put({ stream: Readable.from(['shared']) });

  assert.equal(await text(await dav().open(id)), 'shared');
});

test('a signed URL works without credentials, for its verb only', async () => {
  const id = blobId('signed-blob');
  const [put, get] = [dav().signedUrl(id, 'PUT', 60), dav().signedUrl(id, 'GET', 60)];
  const path = join(home, 'by-url');
  writeFileSync(path, 'by url');
  const rest = { headers: {}, connections: openConnections({ ca }), signal: undefined };

  const stored = await sendRequest({ method: 'PUT', url: put ?? '', body: { path, bytes: 6 }, ...rest });
  const read = await sendRequest({ method: 'GET', url: get ?? '', ...rest });
  const wrongVerb = await sendRequest({ method: 'GET', url: put ?? '', ...rest });

  assert.deepEqual([stored.statusCode, read.statusCode, wrongVerb.statusCode], [201, 200, 403]);
  assert.equal(await text(read), 'by url');
});

test('a refusal says what was refused, without the password', async () => {
  const stranger = dav({ password: 'hunter2', retry_attempts: 1 });
  await assert.rejects(stranger.put({ stream: Readable.from(['x']) }, { id: blobId('x') }), (error: unknown) => {
    assert.ok(error instanceof BlobstoreRefused);
    assert.match(
      error.message,
      /^Could not store blob 'x' in the blobstore at 127.0.0.1:\d+: the server answered 401$/,
    );
    return true;
  });
  const reader = dav({ user: 'reader', password: 'r' });
  await assert.rejects(reader.put({ stream: Readable.from(['x']) }), { status: 403 });
});

test('a server whose certificate is not trusted is named as unreachable', async () => {
  const untrusting = dav({ tls: undefined, retry_attempts: 1 });

  await assert.rejects(untrusting.exists(blobId('x')), BlobstoreUnreachable);
});

test('agents get what they need, and no credentials when URLs are signed', () => {
  const store = dav({ agent: { endpoint: 'https://10.0.0.6:25250', user: 'agent', password: 'a' } });
  const tls = { cert: { ca } };

  assert.deepEqual(store.agentSettings(), {
    provider: 'dav',
    options: { endpoint: 'https://10.0.0.6:25250', user: 'agent', password: 'a', tls },
  });
  assert.deepEqual(store.agentSettings({ signedUrls: true }), {
    provider: 'dav',
    options: { endpoint: 'https://10.0.0.6:25250', tls },
  });
});
