import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import type { AgentSettings } from '@boti/agent-protocol';
import { silentLogger } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { dirsAt } from '../dirs.ts';
import { decodeUserData } from './settings-source.ts';
import { SettingsStore } from './settings-store.ts';

const { signal } = new AbortController();
const cert = (name: string) => ({ ca: `ca ${name}`, certificate: `cert ${name}`, private_key: `key ${name}` });
const dav = (name: string) => [{ provider: 'dav', options: { endpoint: name } }];

function settings(more: Partial<AgentSettings> = {}): AgentSettings {
  return { agent_id: 'a', vm: { name: 'v' }, networks: {}, disks: {}, mbus: 'nats://settings:4222', ...more };
}

async function store(t: Parameters<typeof tempDir>[0], content: AgentSettings): Promise<SettingsStore> {
  return storeIn(await tempDir(t), async () => content);
}

function storeIn(base: string, read: () => Promise<AgentSettings>): SettingsStore {
  const dirs = dirsAt(base);
  mkdirSync(dirs.bosh, { recursive: true });
  return new SettingsStore(dirs, [{ name: 'test', settings: read }], silentLogger);
}

test('bus and blobstore come from the update, else from env, else from the settings', async (t) => {
  const env = { bosh: { mbus: { urls: ['nats://env:4222'], cert: cert('env') }, blobstores: dav('env') } };
  const own = await store(t, settings({ env, blobstore: { provider: 'local' } }));
  await own.load(signal);

  assert.deepEqual(own.bus, { urls: ['nats://env:4222'], cert: cert('env') });
  assert.deepEqual(own.blobstores, dav('env'));
  const update = { trusted_certs: '', disk_associations: [] };
  assert.equal(await own.saveUpdate(update), false);
  assert.equal(await own.saveUpdate({ ...update, mbus: { cert: cert('new') }, blobstores: dav('new') }), true);
  assert.equal(await own.saveUpdate({ ...update, mbus: { cert: cert('new') }, blobstores: dav('new') }), false);
  assert.equal(await own.saveUpdate(update), false);

  assert.deepEqual(own.bus, { urls: ['nats://env:4222'], cert: cert('new') });
  assert.deepEqual(own.blobstores, dav('new'));
});

test('settings of an earlier start serve while no source works', async (t) => {
  const base = await tempDir(t);
  const away = () => Promise.reject(new Error('metadata service is away'));

  await assert.rejects(storeIn(base, away).load(signal), /No settings source works/);
  await storeIn(base, async () => settings()).load(signal);
  const { agent_id: agentId } = await storeIn(base, away).load(signal);

  assert.equal(agentId, 'a');
});

test('disk hints of the Director are added to those of the CPI', async (t) => {
  const own = await store(t, settings({ disks: { persistent: { one: '/dev/sdc' } } }));
  await own.load(signal);

  await own.addDiskHint('two', { path: '/dev/sdd' });
  await own.load(signal);

  assert.deepEqual([...own.persistentDisks.keys()], ['one', 'two']);
  await own.removeDiskHint('two');
  assert.throws(() => own.diskHint('two'), /Persistent disk with volume id 'two' could not be found/);
});

test('user data is JSON or base64 of JSON', () => {
  const encoded = Buffer.from('{"agent_id":"ä"}').toString('base64url');

  assert.deepEqual(decodeUserData(encoded, 'test'), { agent_id: 'ä' });
  assert.deepEqual(decodeUserData('{"a":1}', 'test'), { a: 1 });
  assert.throws(() => decodeUserData('<html>', 'test'), /neither JSON nor base64/);
});
