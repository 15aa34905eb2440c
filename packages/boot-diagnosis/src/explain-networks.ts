import { BlockList, isIPv4 } from 'node:net';
import type { VmNetwork } from '@boti/cpi-sdk';
import type { Finding } from './causes.ts';
import type { BootEvidence } from './evidence.ts';

/** What the VM's networks themselves tell, and what was at its address before. */
export function explainNetworks(evidence: BootEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [name, network] of Object.entries(evidence.networks)) {
    const wrong = wrongGateway(name, network);
    if (wrong !== undefined) findings.push(wrong);
  }
  const taken = takenAddress(evidence);
  return taken === undefined ? findings : [...findings, taken];
}

function wrongGateway(name: string, { type, ip, netmask, gateway }: VmNetwork): Finding | undefined {
  if (type !== 'manual' || ip === undefined || gateway === undefined || netmask === undefined) return undefined;
  if (!isIPv4(ip) || !isIPv4(gateway) || !isIPv4(netmask)) return undefined;
  const range = new BlockList();
  range.addSubnet(ip, prefixOf(netmask), 'ipv4');
  const remedy = `Correct gateway and range of network '${name}'.`;
  if (!range.check(gateway, 'ipv4')) {
    const text = `The gateway ${gateway} of network '${name}' is outside of the range of the VM's address (${ip}, netmask ${netmask}): the VM has no way out.`;
    return { cause: 'gateway-wrong', text, remedy };
  }
  if (gateway !== ip) return undefined;
  return {
    cause: 'gateway-wrong',
    text: `The VM has the address of its own gateway, ${ip}, on network '${name}'.`,
    remedy,
  };
}

function prefixOf(netmask: string): number {
  const bits = netmask.split('.').map((part) => Number(part).toString(2).padStart(8, '0'));
  return bits.join('').replace(/0+$/, '').length;
}

/** An address that answered before there was a VM belongs to somebody else, unless it is no address of the VM. */
function takenAddress({ answeredBefore, bus, networks }: BootEvidence): Finding | undefined {
  if (answeredBefore !== true || bus === undefined) return undefined;
  const isOfVm = Object.values(networks).some(({ ip }) => ip === bus.host);
  if (!isOfVm) return undefined;
  return {
    cause: 'address-in-use',
    text: `Something answered at ${bus.host} before the VM was there: another machine has its address.`,
    remedy: 'Give the VM another static IP, or free this one (and keep it out of DHCP ranges).',
  };
}
