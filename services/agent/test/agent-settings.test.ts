import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { httpsAgent } from '@boti/agent-client';
import { testCertificates, waitFor } from '@boti/testkit';
import { AgentProcess } from './agent-process.ts';
import { specOf } from './release-blobs.ts';
import { freePort } from './supervisor-process.ts';

test('new bus credentials restart the agent without a lost reply, and stay', async (t) => {
  const agent = await AgentProcess.start(t);
  const first = agent.agentPid;
  const update = { trusted_certs: '', disk_associations: [], mbus: { cert: await agent.tls('permanent') } };
  const start = Date.now();

  assert.equal(await agent.client.call('update_settings', [update]), 'ok');

  assert.ok(Date.now() - start < 5000, 'no poll was lost while nobody listened');
  assert.notEqual(agent.agentPid, first);
  const stored = JSON.parse(readFileSync(join(agent.base, 'bosh/update_settings.json'), 'utf8'));
  assert.equal(stored.mbus.cert.certificate, update.mbus.cert.certificate);
  const second = agent.agentPid;
  assert.equal(await agent.client.call('update_settings', [update]), 'ok');
  assert.equal(agent.agentPid, second);
  assert.equal(await agent.client.call('ping', []), 'pong');
});

test('blobs come and go through a DAV blobstore with basic auth', async (t) => {
  const certificates = await testCertificates();
  const blobs = new Map<string, Buffer>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (request.headers.authorization !== `Basic ${btoa('agent:secret')}`) return void response.writeHead(401).end();
    if (request.method === 'PUT') {
      blobs.set(path, await buffer(request));
      return void response.writeHead(201).end();
    }
    response.writeHead(blobs.has(path) ? 200 : 404).end(blobs.get(path));
  };
  const { certificate: cert, privateKey: key } = certificates.https;
  const server = createServer({ cert, key }, (request, response) => void serve(request, response)).listen(
    0,
    '127.0.0.1',
  );
  t.after(() => void server.close());
  await waitFor('the DAV server', () => server.listening);
  const options = {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    user: 'agent',
    password: 'secret',
    tls: { cert: { ca: certificates.ca.certificate } },
  };
  const agent = await AgentProcess.start(t, { settings: { blobstore: { provider: 'dav', options } } });
  agent.write('data/sys/log/x/x.log', 'line\n');
  const spec = await specOf(agent, { web: { 'config/a': 'from dav\n' } });
  const archive = spec.rendered_templates_archive?.blobstore_id ?? '';
  const pathOf = (id: string): string => `/${createHash('sha1').update(id).digest('hex').slice(0, 2)}/${id}`;
  blobs.set(pathOf(archive), readFileSync(join(agent.dir, 'blobstore', archive)));

  await agent.client.call('apply', [spec]);
  const logs = await agent.client.call('fetch_logs', ['job', []]);

  assert.equal(readFileSync(join(agent.base, 'jobs/web/config/a'), 'utf8'), 'from dav\n');
  assert.equal(
    createHash('sha1')
      .update(blobs.get(pathOf(logs.blobstore_id)) ?? '')
      .digest('hex'),
    logs.sha1,
  );
  blobs.set(pathOf('damaged'), Buffer.from('other'));
  const damaged = {
    ...spec,
    configuration_hash: 'x',
    rendered_templates_archive: { sha1: 'a'.repeat(40), blobstore_id: 'damaged' },
  };
  await assert.rejects(
    agent.client.call('prepare', [damaged]),
    /Blob damaged has the digest '[0-9a-f]{40}', expected 'a{40}'/,
  );
});

test('over HTTPS the agent acts, and keeps blobs', async (t) => {
  const certificates = await testCertificates();
  const { certificate, privateKey } = certificates.https;
  const cert = { ca: certificates.ca.certificate, certificate, private_key: privateKey };
  const port = await freePort();
  const url = `https://mbus:p%40ss@127.0.0.1:${port}`;
  const settings = { mbus: url, env: { bosh: { mbus: { cert } } } };
  const client = httpsAgent({ url, ca: cert.ca });
  t.after(() => client[Symbol.dispose]());
  const agent = await AgentProcess.start(t, { settings, client });
  const spec = await specOf(agent, { web: { 'config/a': 'from the bus\n' } });
  const archive = spec.rendered_templates_archive?.blobstore_id ?? '';
  const path = join(agent.dir, 'blobstore', archive);

  await client.uploadBlob(archive, path);
  await client.downloadBlob(archive, `${path}.back`);
  assert.deepEqual(readFileSync(`${path}.back`), readFileSync(path));
  assert.equal(await client.call('apply', [spec]), 'applied');

  assert.equal(readFileSync(join(agent.base, 'jobs/web/config/a'), 'utf8'), 'from the bus\n');
  await assert.rejects(client.downloadBlob('gone', `${path}.none`), /404/);
  const intruder = httpsAgent({ url: url.replace('p%40ss', 'wrong'), ca: cert.ca });
  await assert.rejects(intruder.call('ping', []), /answered 401/);
  intruder[Symbol.dispose]();
});

test('settings that cannot be used are told with the field, and the agent ends', async (t) => {
  const agent = new AgentProcess();
  t.after(() => agent.stop());

  await assert.rejects(agent.runOnce({ agent_id: 7 }), /The settings of .*settings.json cannot be used: agent_id/);
});
