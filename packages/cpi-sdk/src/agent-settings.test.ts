import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentId } from '@boti/core';
import { agentSettings } from './agent-settings.ts';

test('settings hold what the agent needs, env verbatim', () => {
  const env = { bosh: { mbus: { cert: { ca: 'c' } } }, own: 1 };

  const settings = agentSettings({
    agentId: agentId('a'),
    vmName: 'vm-1',
    networks: { lan: { type: 'manual', ip: '10.0.0.2', dns: null } },
    disks: { system: '' },
    env,
    agentOptions: { mbus: 'nats://x', ntp: ['t'], blobstore: { provider: 'dav', options: {} } },
    preconfigured: true,
    macs: { lan: '02:00:00:00:00:01' },
  });

  assert.deepEqual(settings, {
    agent_id: 'a',
    vm: { name: 'vm-1' },
    mbus: 'nats://x',
    ntp: ['t'],
    blobstore: { provider: 'dav', options: {} },
    networks: { lan: { type: 'manual', ip: '10.0.0.2', dns: null, preconfigured: true, mac: '02:00:00:00:00:01' } },
    disks: { system: '', persistent: {} },
    env,
  });
});
