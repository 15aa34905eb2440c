import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { agentId } from '@boti/core';
import {
  type AgentSettings,
  agentSettings,
  fileDelivery,
  metadataServer,
  registryClient,
  registryDelivery,
  userDataDelivery,
} from '@boti/cpi-sdk';
import { type RunningProgram, startProgram } from '@boti/testkit';
import { fileSource } from '../src/settings/file-source.ts';
import { httpSource } from '../src/settings/http-source.ts';
import type { SettingsSource } from '../src/settings/settings-source.ts';

const settings = agentSettings({
  agentId: agentId('agent-1'),
  vmName: 'vm/1',
  networks: { lan: { type: 'manual', ip: '10.0.0.2', dns: ['10.0.0.1'] } },
  disks: { system: '/dev/sda', persistent: {} },
  env: {},
  agentOptions: { mbus: 'nats://10.0.0.1:4222' },
});

interface TestContext {
  readonly signal: AbortSignal;
  after(work: () => PromiseLike<void> | void): void;
}

async function tempFolder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'boti-settings-delivery-'));
  t.after(() => rm(dir, { recursive: true }));
  return dir;
}

/** The agent's source for user data that the SDK's metadata service gives. */
async function sourceFor(t: TestContext, userData: string): Promise<SettingsSource> {
  const server = await metadataServer({
    host: '127.0.0.1',
    port: 0,
    metadataOf: async (address) =>
      address === '127.0.0.1' ? { userData, instanceId: 'i-1', publicKey: 'ssh-ed25519 AAAA' } : undefined,
  });
  t.after(() => server[Symbol.asyncDispose]());
  return httpSource({
    uri: server.url,
    userDataPath: '/latest/user-data',
    sshKeysPath: '/latest/meta-data/public-keys/0/openssh-key',
    tokenPath: '/latest/api/token',
  });
}

async function startRegistry(t: TestContext): Promise<RunningProgram> {
  const dir = await tempFolder(t);
  const listen = [{ host: '127.0.0.1', port: 0 }];
  const config = { directory: join(dir, 'settings'), listen, users: [{ user: 'cpi', password: 'p@ss' }] };
  await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  const program = join(import.meta.dirname, '../../registry/src/main.ts');
  const registry = await startProgram(program, '--config', join(dir, 'config.json'));
  t.after(() => registry.stop());
  return registry;
}

const essence = ({ agent_id, mbus, disks }: AgentSettings): unknown => [agent_id, mbus, disks.persistent];

test('an agent reads its settings and its key from the metadata service of the SDK', async (t) => {
  const { userData = '' } = await userDataDelivery().prepare(settings);
  const source = await sourceFor(t, userData);

  assert.deepEqual(essence(await source.settings(t.signal)), ['agent-1', 'nats://10.0.0.1:4222', {}]);
  assert.equal(await source.publicKey?.(t.signal), 'ssh-ed25519 AAAA');
});

test('an agent reads its settings from a file', async (t) => {
  const { file } = await fileDelivery(join(await tempFolder(t), 'settings.json')).prepare(settings);
  await writeFile(file?.path ?? '', file?.content ?? '');

  const found = await fileSource({ settingsPath: file?.path ?? '' }).settings(t.signal);

  assert.deepEqual(essence(found), ['agent-1', 'nats://10.0.0.1:4222', {}]);
});

test('an agent whose user data points to a registry has the settings that the CPI left there', async (t) => {
  const [endpoint = ''] = (await startRegistry(t)).urls;
  const client = registryClient({ endpoint, user: 'cpi', password: 'p@ss' });
  const delivery = registryDelivery(client, endpoint.replace('//', '//cpi:p%40ss@'));
  const { userData = '' } = await delivery.prepare(settings);
  const source = await sourceFor(t, userData);

  await delivery.attached('vm/1', 'disk-1', { path: '/dev/sdc' });
  await delivery.attached('vm/1', 'disk-2', { path: '/dev/sdd' });
  await delivery.detached('vm/1', 'disk-2');
  assert.deepEqual(essence(await source.settings(t.signal)), [
    'agent-1',
    'nats://10.0.0.1:4222',
    { 'disk-1': { path: '/dev/sdc' } },
  ]);

  await delivery.forget('vm/1');
  assert.equal(await client.get('vm/1'), undefined);
});
