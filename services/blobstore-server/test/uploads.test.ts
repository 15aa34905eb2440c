import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { objectPath } from '@boti/blobstore';
import { waitFor } from '@boti/testkit';
import { type ServerProcess, startServerProcess, writer } from './server-process.ts';

async function read(server: ServerProcess, id: string): Promise<string | number> {
  const answer = await fetch(server.url(id), { headers: { authorization: writer } });
  return answer.ok ? await answer.text() : answer.status;
}

async function put(server: ServerProcess, id: string, body: string): Promise<number> {
  return (await fetch(server.url(id), { method: 'PUT', body, headers: { authorization: writer } })).status;
}

test('an upload that breaks off leaves the old blob, and nothing else', async () => {
  await using server = await startServerProcess();
  await put(server, 'kept', 'the old one');
  const upload = request(server.url('kept'), {
    method: 'PUT',
    headers: { authorization: writer, 'content-length': 1_000_000 },
  });
  upload.on('error', () => undefined);
  upload.write('x'.repeat(100_000));
  await waitFor('the upload to begin', async () => (await server.incoming()).length === 1);

  upload.destroy();

  await waitFor('the part to be removed', async () => (await server.incoming()).length === 0);
  assert.equal(await read(server, 'kept'), 'the old one');
  assert.match(server.log.join('\n'), /the client broke off/);
});

test('an upload becomes visible only when it is whole', async () => {
  await using server = await startServerProcess();
  const upload = request(server.url('slow'), { method: 'PUT', headers: { authorization: writer } });
  upload.write('half ');
  await waitFor('the upload to begin', async () => (await server.incoming()).length === 1);
  assert.equal(await read(server, 'slow'), 404);

  upload.end('whole');

  const [response] = await once(upload, 'response');
  assert.equal(response.statusCode, 201);
  assert.equal(await read(server, 'slow'), 'half whole');
});

test('a full disk is answered as such, even to a client that is still sending', async (t) => {
  const mount = await mkdtemp(join(tmpdir(), 'boti-blobstore-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
  t.after(async () => {
    execFileSync('umount', [mount]);
    await rm(mount, { recursive: true });
  });
  await using server = await startServerProcess({ directory: mount });
  assert.equal(await put(server, 'fits', 'x'.repeat(500_000)), 201);

  assert.equal(await put(server, 'too-big', 'x'.repeat(4_000_000)), 507);

  assert.equal(await read(server, 'too-big'), 404);
  assert.deepEqual(await server.incoming(), []);
  assert.equal(await put(server, 'small', 'y'), 201);
});

test('what is larger than the limit is refused, announced or not', async () => {
  await using server = await startServerProcess({ max_blob_bytes: 1_000 });
  assert.equal(await put(server, 'exact', 'x'.repeat(1_000)), 201);

  assert.equal(await put(server, 'announced', 'x'.repeat(1_001)), 413);
  const upload = request(server.url('chunked'), { method: 'PUT', headers: { authorization: writer } });
  upload.end('x'.repeat(2_000));
  const [response] = await once(upload, 'response');

  assert.equal(response.statusCode, 413);
  assert.equal(await read(server, 'chunked'), 404);
  assert.deepEqual(await server.incoming(), []);
});

test('a body that is awaited is asked for only when it is welcome', async () => {
  await using server = await startServerProcess();
  const headers = { expect: '100-continue', 'content-length': 4 };
  const welcome = request(server.url('awaited'), { method: 'PUT', headers: { ...headers, authorization: writer } });
  welcome.on('continue', () => welcome.end('body'));
  const [created] = await once(welcome, 'response');
  assert.deepEqual([created.statusCode, await read(server, 'awaited')], [201, 'body']);

  const stranger = request(server.url('awaited'), { method: 'PUT', headers });
  stranger.on('error', () => undefined);
  stranger.on('continue', () => assert.fail('the body was asked for'));
  stranger.flushHeaders();
  const [refused] = await once(stranger, 'response');
  assert.equal(refused.statusCode, 401);
  stranger.destroy();
});

test('a part of a blob is refused', async () => {
  await using server = await startServerProcess();
  const headers = { authorization: writer, 'content-range': 'bytes 0-1/4' };

  const answer = await fetch(server.url('part'), { method: 'PUT', body: 'ab', headers });

  assert.equal(answer.status, 400);
  assert.equal(await read(server, 'part'), 404);
});

test('a transfer under way is finished before the server stops', async () => {
  const server = await startServerProcess();
  const { hostname, port } = new URL(server.origins[0] ?? '');
  const socket = connect(Number(port), hostname);
  const path = objectPath('last');
  socket.write(`PUT /${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${writer}\r\nContent-Length: 6\r\n\r\nabc`);
  await waitFor('the upload to begin', async () => (await server.incoming()).length === 1);

  const stopped = server[Symbol.asyncDispose]();
  await waitFor('the server to be told', () => server.log.some((line) => line.includes('the blobstore stops')));
  socket.write('def');

  assert.match(await text(socket), /^HTTP\/1.1 201 /);
  await stopped;
});
