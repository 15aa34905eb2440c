import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { davSignature, objectPath } from '@boti/blobstore';
import { reader, type ServerProcess, startServerProcess, writer } from './server-process.ts';

let server: ServerProcess;
before(async () => {
  server = await startServerProcess();
});
after(() => server[Symbol.asyncDispose]());

async function put(id: string, body: string, authorization = writer): Promise<number> {
  return (await fetch(server.url(id), { method: 'PUT', body, headers: { authorization } })).status;
}

test('a blob is created, replaced, read and deleted', async () => {
  assert.equal(await put('one', 'first'), 201);
  assert.equal(await put('one', 'second'), 204);

  const read = await fetch(server.url('one'), { headers: { authorization: reader } });
  assert.deepEqual([read.status, read.headers.get('content-length'), await read.text()], [200, '6', 'second']);
  const head = await fetch(server.url('one'), { method: 'HEAD', headers: { authorization: reader } });
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '6', '']);

  const remove = () => fetch(server.url('one'), { method: 'DELETE', headers: { authorization: writer } });
  assert.deepEqual([(await remove()).status, (await remove()).status], [204, 404]);
  assert.equal((await fetch(server.url('one'), { headers: { authorization: reader } })).status, 404);
  assert.equal((await fetch(server.url('one'), { method: 'HEAD', headers: { authorization: reader } })).status, 404);
});

test('strangers are asked who they are, readers may not write', async () => {
  const stranger = await fetch(server.url('two'));
  assert.deepEqual([stranger.status, stranger.headers.get('www-authenticate')], [401, 'Basic realm="blobstore"']);
  assert.equal(await put('two', 'x', 'Basic eDp5'), 401);
  assert.equal(await put('two', 'x', reader), 403);
  assert.equal(await put('two', 'x'.repeat(5_000_000), reader), 403);
  assert.equal((await fetch(server.url('two'), { headers: { authorization: reader } })).status, 404);
});

test('other methods and other paths are refused', async () => {
  const post = await fetch(server.url('x'), { method: 'POST', headers: { authorization: writer } });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD, PUT, DELETE']);
  const strayPaths = ['/', '/x', '/00/one', '/fe/../fe/one', '/.incoming/x', '/config.json', '/fe/%2e%2e'];
  for (const path of strayPaths) {
    const answer = await fetch(`${server.origins[0]}${path}`, { headers: { authorization: writer } });
    assert.equal(answer.status, 404, path);
  }
});

test('a range is sent as such', async () => {
  await put('ranged', '0123456789');
  const get = (range: string) => fetch(server.url('ranged'), { headers: { authorization: reader, range } });

  const part = await get('bytes=2-4');
  assert.deepEqual([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 2-4/10', '234']);
  const beyond = await get('bytes=10-');
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */10']);
});

function signedUrl(id: string, verb: string, { secret = 'shared', age = 0 } = {}): string {
  const timestamp = Math.floor(Date.now() / 1000) - age;
  const st = davSignature({ secret, verb, id, timestamp, expires: 60 });
  return `${server.origins[0]}/signed/${objectPath(id)}?st=${st}&ts=${timestamp}&e=60`;
}

test('a signed URL opens one blob for one verb and a while', async () => {
  const statusOf = async (url: string, method: string) =>
    (await fetch(url, { method, ...(method === 'PUT' ? { body: 'signed' } : {}) })).status;

  assert.equal(await statusOf(signedUrl('s', 'PUT'), 'PUT'), 201);
  assert.equal(await (await fetch(signedUrl('s', 'GET'))).text(), 'signed');
  assert.equal(await statusOf(signedUrl('s', 'HEAD'), 'HEAD'), 200);
  assert.equal(await statusOf(signedUrl('s', 'GET'), 'PUT'), 403);
  assert.equal(await statusOf(signedUrl('s', 'GET', { secret: 'other' }), 'GET'), 403);
  assert.equal(await statusOf(signedUrl('s', 'GET', { age: 3_600 }), 'GET'), 403);
  assert.equal(await statusOf(signedUrl('s', 'DELETE'), 'DELETE'), 405);
  assert.equal(await statusOf(server.url('s').replace(/\/(?=..\/)/, '/signed/'), 'GET'), 403);
});

test('every configured address serves, health needs no credentials', async () => {
  for (const origin of server.origins) {
    const health = await fetch(`${origin}/health`);
    assert.deepEqual([health.status, await health.text()], [200, 'OK\n']);
  }
  assert.equal(server.origins.length, 2);
});

test('the log holds neither signatures nor passwords', () => {
  const text = server.log.join('\n');
  assert.match(text, /"blob":"s"/);
  assert.doesNotMatch(text, /st=|Basic|shared/);
});
