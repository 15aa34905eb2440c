import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { testCertificates } from '@boti/testkit';
import { httpsAgent } from '../src/index.ts';

let dir: string;
let server: Server;
let url: string;
let ca: string;
const blobs = new Map<string, string>();

async function answer(request: IncomingMessage): Promise<{ status: number; body?: string | undefined }> {
  const id = request.url?.split('/').pop() ?? '';
  if (request.headers.authorization !== `Basic ${btoa('mbus:p@ss')}`) return { status: 401 };
  if (request.method === 'PUT') {
    blobs.set(id, await text(request));
    return { status: 201 };
  }
  if (request.method === 'GET') return { status: blobs.has(id) ? 200 : 404, body: blobs.get(id) };
  const { method, arguments: args } = JSON.parse(await text(request));
  const values: Record<string, unknown> = { ping: 'pong', apply: { agent_task_id: 't', state: 'running' } };
  return { status: 200, body: JSON.stringify({ value: values[method] ?? args[0] }) };
}

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agent-client-https-'));
  const certificates = await testCertificates();
  ca = certificates.ca.certificate;
  const { certificate: cert, privateKey: key } = certificates.https;
  server = createServer({ cert, key }, async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status).end(body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  url = `https://mbus:p%40ss@127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

test('calls go to /agent with basic auth, tasks are followed', async () => {
  using agent = httpsAgent({ url, ca });

  await agent.waitUntilReady({ timeoutMs: 2000 });

  assert.equal(await agent.call('ping', []), 'pong');
  assert.equal(await agent.call('apply', [{}]), 't');
});

test('blobs go up and come down', async () => {
  using agent = httpsAgent({ url, ca });
  writeFileSync(join(dir, 'up'), 'content');

  await agent.uploadBlob('id-1', join(dir, 'up'));
  await agent.downloadBlob('id-1', join(dir, 'down'));

  assert.equal(readFileSync(join(dir, 'down'), 'utf8'), 'content');
  await assert.rejects(agent.downloadBlob('id-2', join(dir, 'none')), /Downloading blob 'id-2' failed: .* 404/);
});

test('a wrong password and an unknown authority are told at once', async () => {
  using wrong = httpsAgent({ url: url.replace('p%40ss', 'other'), ca });
  using stranger = httpsAgent({ url, ca: (await testCertificates()).ca.certificate });

  await assert.rejects(wrong.waitUntilReady({ timeoutMs: 5000 }), /answered 401/);
  await assert.rejects(stranger.waitUntilReady({ timeoutMs: 5000 }), /certificate/);
});
