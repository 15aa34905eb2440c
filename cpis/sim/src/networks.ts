import { randomUUID } from 'node:crypto';
import { networkCid } from '@boti/core';
import type { Cloud, VmNetworks } from '@boti/cpi-sdk';
import { requireQuota } from './quotas.ts';
import type { Simulation } from './simulator.ts';
import type { Store } from './store.ts';

export function networks({ store, config }: Simulation): Pick<Required<Cloud>, 'createNetwork' | 'deleteNetwork'> {
  return {
    async createNetwork(definition) {
      requireQuota(store, config.quotas, 'network');
      const cid = networkCid(`sim-network-${randomUUID()}`);
      store.put('network', { cid });
      const { range = '10.251.0.0/24', gateway = '10.251.0.1' } = definition;
      return { cid, addresses: { range, gateway, reserved: [] }, cloudProperties: { name: cid } };
    },
    deleteNetwork: async (cid) => store.remove('network', cid),
  };
}

/** Gives each dynamic network an address in 10.250.0.0/16 that no other VM has. */
export function withDynamicAddresses(store: Store, wanted: VmNetworks): VmNetworks {
  const dynamic = Object.values(wanted).some(({ type }) => type === 'dynamic');
  if (!dynamic) return wanted;
  const used = new Set(store.all('vm').flatMap(({ settings }) => Object.values(settings.networks).map(({ ip }) => ip)));
  const entries = Object.entries(wanted).map(([name, network]) => {
    if (network.type !== 'dynamic') return [name, network];
    const ip = freeAddress(used);
    used.add(ip);
    return [name, { ...network, ip, netmask: '255.255.0.0', gateway: '10.250.0.1' }];
  });
  return Object.fromEntries(entries) as VmNetworks;
}

function freeAddress(used: ReadonlySet<string | undefined>): string {
  for (let n = 2; n < 65_534; n += 1) {
    const ip = `10.250.${n >> 8}.${n & 255}`;
    if (!used.has(ip)) return ip;
  }
  throw new Error('the dynamic network of the simulated cloud is full');
}
