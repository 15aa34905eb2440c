import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { agentId } from '@boti/core';
import { agentSettings, registryClient, registryDelivery } from '@boti/cpi-sdk';
import { startProgram } from '@boti/testkit';
import { httpSource } from '../src/settings/http-source.ts';

const registryProgram = join(import.meta.dirname, '../../registry/src/main.ts');

test('an agent whose user data points to a registry has the settings that the CPI left there', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'boti-registry-source-'));
  t.after(() => rm(dir, { recursive: true }));
  const listen = [{ host: '127.0.0.1', port: 0 }];
  const config = { directory: join(dir, 'settings'), listen, users: [{ user: 'cpi', password: 'p@ss' }] };
  await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  const registry = await startProgram(registryProgram, '--config', join(dir, 'config.json'));
  t.after(() => registry.stop());
  const [endpoint = ''] = registry.urls;
  const client = registryClient({ endpoint, user: 'cpi', password: 'p@ss' });
  const delivery = registryDelivery(client, endpoint.replace('//', '//cpi:p%40ss@'));
  const settings = agentSettings({
    agentId: agentId('agent-1'),
    vmName: 'vm/1',
    networks: { lan: { type: 'manual', ip: '10.0.0.2', dns: ['10.0.0.1'] } },
    disks: { system: '/dev/sda', persistent: {} },
    env: {},
    agentOptions: { mbus: 'nats://10.0.0.1:4222' },
  });

  const { userData = '' } = await delivery.prepare(settings);
  await delivery.attached('vm/1', 'disk-1', { path: '/dev/sdc' });

  const metadata = createServer((_request, response) => response.end(userData));
  t.after(() => metadata.close());
  const { promise, resolve } = Promise.withResolvers<void>();
  metadata.listen(0, '127.0.0.1', resolve);
  await promise;
  const uri = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
  const found = await httpSource({ uri, userDataPath: '/user-data' }).settings(t.signal);

  assert.deepEqual([found.agent_id, found.mbus], ['agent-1', 'nats://10.0.0.1:4222']);
  assert.deepEqual(found.disks.persistent, { 'disk-1': { path: '/dev/sdc' } });
});
