import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { httpSource } from '../src/settings/http-source.ts';
import { instanceMetadataSource } from '../src/settings/instance-metadata-source.ts';

const { signal } = new AbortController();
const settings = { agent_id: 'a', vm: { name: 'v' }, networks: {}, disks: {} };

/** A metadata service that wants a token. */
async function metadataService(
  t: { after(work: () => void): void },
  pages: Readonly<Record<string, string>>,
): Promise<string> {
  const server = createServer((request, response) => {
    const isToken = request.method === 'PUT' && request.url === '/token';
    if (isToken && request.headers['x-aws-ec2-metadata-token-ttl-seconds'] === '300')
      return void response.end('secret');
    if (request.headers['x-aws-ec2-metadata-token'] !== 'secret') return void response.writeHead(401).end();
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  t.after(() => server.close());
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a metadata service gives settings in base64 and an ssh key, both with a token', async (t) => {
  const uri = await metadataService(t, {
    '/user-data': Buffer.from(JSON.stringify(settings)).toString('base64url'),
    '/key': 'ssh-rsa x',
  });
  const source = httpSource({ uri, userDataPath: '/user-data', sshKeysPath: '/key', tokenPath: '/token' });

  assert.equal((await source.settings(signal)).agent_id, 'a');
  assert.equal(await source.publicKey?.(signal), 'ssh-rsa x');
  const keyless = httpSource({ uri, userDataPath: '/user-data', sshKeysPath: '/none', tokenPath: '/token' });
  assert.equal(await keyless.publicKey?.(signal), undefined);
});

test('user data of somebody else is no settings', async (t) => {
  const uri = await metadataService(t, { '/user-data': '{"other":1}' });

  const source = httpSource({ uri, userDataPath: '/user-data', tokenPath: '/token' });

  await assert.rejects(source.settings(signal), /holds no settings: agent_id is missing/);
});

test('instance metadata hold the settings in one attribute', async (t) => {
  const uri = await metadataService(t, { '/bosh_settings': JSON.stringify(settings) });
  const headers = { 'X-aws-ec2-metadata-token': 'secret' };

  const found = await instanceMetadataSource({ uri, headers, settingsPath: '/bosh_settings' }).settings(signal);

  assert.deepEqual(found.vm, { name: 'v' });
});
