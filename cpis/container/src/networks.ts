import { isIP, isIPv6 } from 'node:net';
import { CloudError, type VmNetwork, type VmNetworks } from '@boti/cpi-sdk';
import type { VmAddress } from './host/index.ts';

/** The addresses a VM shall have. Virtual IPs are nothing that a VM knows of. */
export function vmAddresses(networks: VmNetworks): readonly VmAddress[] {
  const own = Object.entries(networks).filter(([, { type }]) => type !== 'vip');
  if (own.length === 0) throw new CloudError('CpiError', 'A VM needs at least one network of type manual');
  return own.map(([name, network]) => ({
    ...address(name, network),
    isDefaultGateway: isGateway(network, own.length),
  }));
}

function address(name: string, { type, ip, netmask, prefix, gateway }: VmNetwork): Omit<VmAddress, 'isDefaultGateway'> {
  if (type === 'dynamic') {
    throw new CloudError(
      'NotSupported',
      `Network '${name}' is of type dynamic, which the container cloud does not have`,
      {
        hint: 'Use a network of type manual.',
      },
    );
  }
  if (ip === undefined || isIP(ip) === 0) {
    throw new CloudError('CpiError', `Network '${name}' has no valid IP address: ${ip ?? 'none'}`);
  }
  return { name, ip, prefix: prefixLength(name, ip, netmask ?? prefix), ...(gateway && { gateway }) };
}

/** From a netmask or a plain number; the whole address when neither is given. */
function prefixLength(name: string, ip: string, mask: string | undefined): number {
  const bits = isIPv6(ip) ? 128 : 32;
  if (mask === undefined) return bits;
  if (/^\d{1,3}$/.test(mask) && Number(mask) <= bits) return Number(mask);
  const version = isIP(mask);
  if (version === 0) throw new CloudError('CpiError', `Network '${name}' has the netmask '${mask}', which is none`);
  return version === 6 ? ipv6Bits(mask) : ones(mask.split('.').map(Number));
}

function ones(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}

/** All groups of a mask after `::` are zero. */
function ipv6Bits(mask: string): number {
  return ones((mask.split('::')[0] ?? '').split(':').map((group) => Number.parseInt(group || '0', 16)));
}

function isGateway({ default: defaults }: VmNetwork, count: number): boolean {
  return count === 1 || (defaults ?? []).includes('gateway');
}

/** Name servers of the network that is the default for DNS, else of all. */
export function nameServers(networks: VmNetworks): readonly string[] {
  const all = Object.values(networks);
  const chosen = all.filter((network) => network.default?.includes('dns'));
  return [...new Set((chosen.length > 0 ? chosen : all).flatMap(({ dns }) => dns ?? []))];
}
