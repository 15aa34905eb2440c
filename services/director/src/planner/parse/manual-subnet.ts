import {
  NetworkInvalidGateway,
  NetworkInvalidRange,
  NetworkOverlappingSubnets,
  NetworkPrefixSizesDiffer,
  NetworkPrefixSizeTooBig,
  NetworkReservedIpOutOfRange,
  NetworkStaticIpOutOfRange,
} from '../../errors.ts';
import { formatIp, type IpAddress, netmaskOf, parseIp } from '../networks/ip-address.ts';
import {
  type Cidr,
  contains,
  formatRange,
  type IpRange,
  isWithin,
  overlaps,
  parseCidr,
  parseRange,
  singleIp,
} from '../networks/ip-range.ts';
import type { ManualSubnet } from '../networks/network-spec.ts';
import type { NetworkRules } from './network.ts';
import type { SpecReader } from './spec-reader.ts';

interface Given {
  readonly network: string;
  readonly azs: readonly string[] | null;
  readonly dns: readonly string[];
}

export function parseManualSubnet(reader: SpecReader, given: Given, rules: NetworkRules): ManualSubnet {
  const range = parseSubnetRange(reader.string('range'), given.network);
  const gateway = parseGateway(reader, given.network, range, rules);
  const reserved = reader.strings('reserved').map((text) => within(text, range, given.network));
  const restricted = [
    singleIp({ bits: range.bits, value: range.first }),
    singleIp({ bits: range.bits, value: range.last }),
    ...(gateway === null ? [] : [singleIp(gateway)]),
    ...reserved,
  ];
  return {
    range,
    gateway: gateway === null ? null : formatIp(gateway),
    netmask: netmaskOf(range.prefixLength, range.bits),
    dns: given.dns,
    azs: given.azs,
    restricted,
    static: reader.strings('static').map((text) => staticRange(text, range, restricted, given.network)),
    cloudProperties: reader.mapOr('cloud_properties', {}),
    prefix: parsePrefix(reader, range, given.network),
  };
}

/** What holds between the subnets of one network. */
export function checkManualSubnets(network: string, subnets: readonly ManualSubnet[]): void {
  for (const [index, subnet] of subnets.entries()) {
    const other = subnets.slice(index + 1).find((candidate) => overlaps(candidate.range, subnet.range));
    if (other !== undefined) {
      throw new NetworkOverlappingSubnets(
        `Network '${network}' has overlapping subnets: ${formatRange(subnet.range)} and ${formatRange(other.range)}`,
      );
    }
  }
  if (new Set(subnets.map((subnet) => subnet.prefix)).size > 1) {
    throw new NetworkPrefixSizesDiffer(`Network '${network}' has subnets that define different prefixes`);
  }
}

function parseSubnetRange(text: string, network: string): Cidr {
  const range = parseCidr(text);
  if (range === null) {
    throw new NetworkInvalidRange(
      `Invalid network range '${text}' in network '${network}': expected CIDR notation such as 10.0.0.0/24`,
    );
  }
  if (range.first === range.last) {
    throw new NetworkInvalidRange(
      `Invalid network range '${text}' in network '${network}', should include at least 2 IPs`,
    );
  }
  return range;
}

function parseGateway(reader: SpecReader, network: string, range: Cidr, rules: NetworkRules): IpAddress | null {
  if (rules.ignoreMissingGateway && !reader.has('gateway')) {
    return null;
  }
  const text = reader.string('gateway');
  const gateway = parseIp(text);
  if (gateway === null) {
    throw new NetworkInvalidGateway(`Invalid gateway '${text}' for network '${network}': it must be a single IP`);
  }
  const fault = gatewayFault(gateway, range);
  if (fault !== null) {
    throw new NetworkInvalidGateway(`Invalid gateway '${text}' for network '${network}': ${fault}`);
  }
  return gateway;
}

function gatewayFault(gateway: IpAddress, range: Cidr): string | null {
  if (!contains(range, gateway)) {
    return `it must be inside the range ${formatRange(range)}`;
  }
  if (gateway.value === range.first) {
    return "it can't be the network id IP";
  }
  return gateway.value === range.last ? "it can't be the broadcast IP" : null;
}

function within(text: string, range: Cidr, network: string): IpRange {
  const reserved = parseRange(text);
  if (!isWithin(reserved, range)) {
    throw new NetworkReservedIpOutOfRange(
      `Reserved IP '${text}' is out of network '${network}' range ${formatRange(range)}`,
    );
  }
  return reserved;
}

function staticRange(text: string, range: Cidr, restricted: readonly IpRange[], network: string): IpRange {
  const ips = parseRange(text);
  if (!isWithin(ips, range)) {
    throw new NetworkStaticIpOutOfRange(
      `Static IP '${text}' is out of network '${network}' range ${formatRange(range)}`,
    );
  }
  const clash = restricted.find((other) => overlaps(other, ips));
  if (clash !== undefined) {
    throw new NetworkStaticIpOutOfRange(
      `Static IP '${text}' in network '${network}' is in the reserved range ${formatRange(clash)}`,
    );
  }
  return ips;
}

function parsePrefix(reader: SpecReader, range: Cidr, network: string): number | null {
  const prefix = reader.integerOr('prefix', null, { min: 0, max: range.bits });
  if (prefix !== null && prefix < range.prefixLength) {
    throw new NetworkPrefixSizeTooBig(
      `Prefix size '${prefix}' is larger than the range of network '${network}' (/${range.prefixLength})`,
    );
  }
  // A prefix of the full length is one address: the plain case.
  return prefix === range.bits ? null : prefix;
}
