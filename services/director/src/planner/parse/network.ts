import {
  DeploymentInvalidNetworkType,
  NetworkInvalidDns,
  NetworkInvalidProperty,
  NetworkSubnetUnknownAvailabilityZone,
} from '../../errors.ts';
import { parseIp } from '../networks/ip-address.ts';
import { parseRange } from '../networks/ip-range.ts';
import type { DynamicSubnet, NetworkSpec, VipSubnet } from '../networks/network-spec.ts';
import { checkManualSubnets, parseManualSubnet } from './manual-subnet.ts';
import type { SpecReader } from './spec-reader.ts';

export interface NetworkRules {
  readonly ignoreMissingGateway: boolean;
}

export function parseNetwork(reader: SpecReader, knownAzs: readonly string[], rules: NetworkRules): NetworkSpec {
  const name = reader.string('name');
  const type = reader.stringOr('type', 'manual');
  switch (type) {
    case 'manual': {
      const subnets = reader.list('subnets') && reader.readers('subnets');
      const parsed = subnets.map((subnet) =>
        parseManualSubnet(
          subnet,
          { network: name, azs: subnetAzs(subnet, name, knownAzs), dns: dnsServers(subnet) },
          rules,
        ),
      );
      checkManualSubnets(name, parsed);
      return { type, name, subnets: parsed };
    }
    case 'dynamic':
      return { type, name, subnets: dynamicSubnets(reader, name, knownAzs) };
    case 'vip':
      return {
        type,
        name,
        subnets: reader.readers('subnets').map((subnet) => vipSubnet(subnet, name, knownAzs)),
        cloudProperties: reader.mapOr('cloud_properties', {}),
      };
    default:
      throw new DeploymentInvalidNetworkType(
        `Network '${name}' has an unknown type '${type}': it must be manual, dynamic or vip`,
      );
  }
}

function dynamicSubnets(reader: SpecReader, name: string, knownAzs: readonly string[]): readonly DynamicSubnet[] {
  const forbidden = ['az', 'azs', 'managed', 'prefix'].find((key) => reader.has(key));
  if (forbidden !== undefined) {
    throw new NetworkInvalidProperty(`Dynamic network '${name}' must not have '${forbidden}' at the network level`);
  }
  if (!reader.has('subnets')) {
    return [{ dns: dnsServers(reader), azs: null, cloudProperties: reader.mapOr('cloud_properties', {}) }];
  }
  const misplaced = ['dns', 'cloud_properties'].find((key) => reader.has(key));
  if (misplaced !== undefined) {
    throw new NetworkInvalidProperty(
      `Dynamic network '${name}' has '${misplaced}' beside 'subnets': move it into them`,
    );
  }
  return reader.readers('subnets').map((subnet) => ({
    dns: dnsServers(subnet),
    azs: subnetAzs(subnet, name, knownAzs),
    cloudProperties: subnet.mapOr('cloud_properties', {}),
  }));
}

function vipSubnet(reader: SpecReader, name: string, knownAzs: readonly string[]): VipSubnet {
  return { static: reader.strings('static').map(parseRange), azs: subnetAzs(reader, name, knownAzs) };
}

function subnetAzs(subnet: SpecReader, network: string, knownAzs: readonly string[]): readonly string[] | null {
  if (subnet.has('az') && subnet.has('azs')) {
    throw new NetworkInvalidProperty(`Network '${network}' contains both 'az' and 'azs'. Choose one.`);
  }
  const az = subnet.stringOr('az', null);
  const azs = az === null ? (subnet.has('azs') ? subnet.strings('azs') : null) : [az];
  const unknown = azs?.find((name) => !knownAzs.includes(name));
  if (unknown !== undefined) {
    throw new NetworkSubnetUnknownAvailabilityZone(
      `Network '${network}' refers to an unknown availability zone '${unknown}'`,
    );
  }
  return azs;
}

function dnsServers(reader: SpecReader): readonly string[] {
  const servers = reader.strings('dns');
  const invalid = servers.find((server) => parseIp(server) === null);
  if (invalid !== undefined) {
    throw new NetworkInvalidDns(`Invalid DNS server '${invalid}': it must be an IP address`);
  }
  return servers;
}
