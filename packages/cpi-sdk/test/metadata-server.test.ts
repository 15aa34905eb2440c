import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { metadataServer } from '../src/index.ts';

const server = await metadataServer({
  host: '127.0.0.1',
  port: 0,
  metadataOf: async (address) => (address === '127.0.0.7' ? { userData: '{"a":1}', instanceId: 'i-7' } : undefined),
});
after(() => server[Symbol.asyncDispose]());

async function ask(
  path: string,
  { method = 'GET', from = '127.0.0.7', headers = {} } = {},
): Promise<readonly [number | undefined, string]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly [number | undefined, string]>();
  const sent = request(`${server.url}${path}`, { method, localAddress: from, headers });
  sent.on('error', reject);
  sent.on('response', (response) => text(response).then((body) => resolve([response.statusCode, body]), reject));
  sent.end();
  return await promise;
}

test('a VM hears about itself, strangers about nothing', async () => {
  assert.deepEqual(await ask('/latest/user-data'), [200, '{"a":1}']);
  assert.deepEqual(await ask('/latest/meta-data/instance-id/'), [200, 'i-7']);
  assert.deepEqual(await ask('/latest/meta-data/public-keys/0/openssh-key'), [404, '']);
  assert.deepEqual(await ask('/latest/user-data', { from: '127.0.0.8' }), [404, '']);
  assert.deepEqual(await ask('/latest/user-data', { method: 'DELETE' }), [405, '']);
});

test('tokens are given, and wrong ones refused', async () => {
  const wanted = (seconds: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': seconds });
  const [status, token] = await ask('/latest/api/token', { method: 'PUT', headers: wanted('300') });

  assert.equal(status, 200);
  const header = (value: string) => ({ 'x-aws-ec2-metadata-token': value });
  assert.deepEqual(await ask('/latest/user-data', { headers: header(token) }), [200, '{"a":1}']);
  assert.equal((await ask('/latest/user-data', { headers: header('made up') }))[0], 401);
  assert.equal((await ask('/latest/api/token', { method: 'PUT', headers: wanted('-1') }))[0], 400);
});
