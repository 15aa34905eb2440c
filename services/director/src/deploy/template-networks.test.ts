import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkPlan } from '../planner/plan.ts';
import { templateNetworks } from './template-networks.ts';

const place = { deployment: 'my_web', group: 'server', index: 3, dnsDomain: 'bosh' };

test('templates see the name of the instance in each network', () => {
  const networks = templateNetworks([network('manual', { ip: '10.1.0.2' })], place);

  assert.deepEqual(networks, { default: { ip: '10.1.0.2', dns_record_name: '3.server.default.my-web.bosh' } });
});

test('a dynamic network has a valid address before it is known, and the right one after', () => {
  const before = templateNetworks([network('dynamic', { type: 'dynamic' })], place);
  const after = templateNetworks([network('dynamic', { ip: '10.2.0.9', netmask: 'm', gateway: 'g' })], place);

  const unknown = { ip: '127.0.0.1', netmask: '127.0.0.1', gateway: '127.0.0.1' };
  const name = '3.server.default.my-web.bosh';
  assert.deepEqual(before, { default: { type: 'dynamic', ...unknown, dns_record_name: name } });
  assert.deepEqual(after, { default: { ip: '10.2.0.9', netmask: 'm', gateway: 'g', dns_record_name: name } });
});

function network(type: NetworkPlan['type'], settings: Record<string, unknown>): NetworkPlan {
  return { name: 'default', type, address: null, static: false, settings, addressable: true };
}
