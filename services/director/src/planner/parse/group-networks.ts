import {
  InstanceGroupNetworkInstanceIpMismatch,
  JobInvalidStaticIPs,
  JobMissingNetwork,
  JobNetworkInvalidDefault,
  JobNetworkMissingDefault,
  JobNetworkMissingRequiredAvailabilityZone,
  JobNetworkMultipleDefaults,
  JobStaticIPNotSupportedOnDynamicNetwork,
  JobUnknownNetwork,
  NetworkReservationVipDefaultProvided,
  NetworkReservationVipMisconfigured,
} from '../../errors.ts';
import { didYouMean } from '../did-you-mean.ts';
import { formatIp, type IpAddress } from '../networks/ip-address.ts';
import { parseRange } from '../networks/ip-range.ts';
import type { NetworkSpec } from '../networks/network-spec.ts';
import type { SpecReader } from './spec-reader.ts';

const defaultProperties = ['dns', 'gateway', 'addressable'] as const;
type NetworkDefault = (typeof defaultProperties)[number];

/** A network as a group uses it. */
export interface GroupNetworkSpec {
  readonly network: NetworkSpec;
  /** In the order of the manifest; null: addresses are picked. */
  readonly staticIps: readonly string[] | null;
  readonly defaultFor: readonly NetworkDefault[];
  readonly nicGroup: string | null;
}

interface Group {
  readonly name: string;
  readonly instances: number;
  readonly azs: readonly string[] | null;
}

/** More addresses than any group has: a range such as `::1 - ::ffff:ffff` must not be spelled out. */
const maxStaticIps = 65_536n;

export function parseGroupNetworks(
  reader: SpecReader,
  group: Group,
  known: ReadonlyMap<string, NetworkSpec>,
): readonly GroupNetworkSpec[] {
  const entries = reader.readers('networks');
  if (entries.length === 0) {
    throw new JobMissingNetwork(`Instance group '${group.name}' must specify at least one network`);
  }
  const parsed = entries.map((entry) => parseEntry(entry, group, known));
  checkStaticIpsUnique(parsed, group);
  return withDefaults(parsed, group.name);
}

function parseEntry(entry: SpecReader, group: Group, known: ReadonlyMap<string, NetworkSpec>): GroupNetworkSpec {
  const name = entry.string('name');
  const network = known.get(name);
  if (network === undefined) {
    throw new JobUnknownNetwork(
      `Instance group '${group.name}' references an unknown network '${name}'`,
      didYouMean(name, known.keys()),
    );
  }
  checkAzs(network, group);
  const staticIps = parseStaticIps(entry, group, network);
  return {
    network,
    staticIps,
    defaultFor: parseDefaults(entry, group.name, network),
    nicGroup: entry.stringOr('nic_group', null),
  };
}

function checkAzs(network: NetworkSpec, group: Group): void {
  if (network.subnets.length === 0) {
    return;
  }
  const served = network.subnets.flatMap((subnet) => subnet.azs ?? []);
  const matches = group.azs === null ? served.length === 0 : group.azs.every((az) => served.includes(az));
  if (!matches) {
    throw new JobNetworkMissingRequiredAvailabilityZone(
      `Instance group '${group.name}' must specify availability zone that matches availability zones of network '${network.name}'`,
    );
  }
}

function parseStaticIps(entry: SpecReader, group: Group, network: NetworkSpec): readonly string[] | null {
  const given = entry.has('static_ips') ? entry.strings('static_ips').flatMap(expandIps) : null;
  if (network.type === 'dynamic' && given !== null) {
    throw new JobStaticIPNotSupportedOnDynamicNetwork(
      `Instance group '${group.name}' using dynamic network '${network.name}' cannot specify static IP(s)`,
    );
  }
  if (network.type === 'vip') {
    checkVip(given, network, group.name);
  }
  if (given !== null && given.length !== group.instances) {
    throw new InstanceGroupNetworkInstanceIpMismatch(
      `Instance group '${group.name}' has ${group.instances} instances but was allocated ${given.length} static IP(s) in network '${network.name}'`,
    );
  }
  return given;
}

function checkVip(staticIps: readonly string[] | null, network: NetworkSpec, group: string): void {
  if (staticIps === null && network.subnets.length === 0) {
    throw new NetworkReservationVipMisconfigured(
      `Instance group '${group}' must list static_ips for vip network '${network.name}', or the cloud config must give the network subnets`,
    );
  }
  if (staticIps !== null && network.subnets.length > 0) {
    throw new NetworkReservationVipMisconfigured(
      `IPs cannot be specified in both the instance group '${group}' and the cloud config of vip network '${network.name}'`,
    );
  }
}

function expandIps(text: string): readonly string[] {
  const { bits, first, last } = parseRange(text);
  if (last - first >= maxStaticIps) {
    throw new JobInvalidStaticIPs(`static_ips '${text}' holds more than ${maxStaticIps} addresses`);
  }
  return Array.from({ length: Number(last - first) + 1 }, (_, step) =>
    formatIp({ bits, value: first + BigInt(step) } satisfies IpAddress),
  );
}

function checkStaticIpsUnique(networks: readonly GroupNetworkSpec[], group: Group): void {
  for (const { staticIps, network } of networks) {
    const duplicates = staticIps?.filter((ip, index) => staticIps.indexOf(ip) !== index) ?? [];
    if (duplicates.length > 0) {
      throw new JobInvalidStaticIPs(
        `Instance group '${group.name}' specifies duplicate static ips in network '${network.name}': ${duplicates.join(', ')}`,
      );
    }
  }
}

function parseDefaults(entry: SpecReader, group: string, network: NetworkSpec): readonly NetworkDefault[] {
  const given = entry.strings('default').map((property) => {
    const known = defaultProperties.find((candidate) => candidate === property);
    if (known === undefined) {
      throw new JobNetworkInvalidDefault(
        `Instance group '${group}' specified an invalid default network property '${property}', valid properties are: ${defaultProperties.join(', ')}`,
      );
    }
    return known;
  });
  if (network.type === 'vip' && given.length > 0) {
    throw new NetworkReservationVipDefaultProvided(
      `Instance group '${group}' can't use vip network '${network.name}' as a default network`,
    );
  }
  return given;
}

function withDefaults(networks: readonly GroupNetworkSpec[], group: string): readonly GroupNetworkSpec[] {
  const only = networks[0];
  if (networks.length === 1 && only !== undefined) {
    const addressable = only.defaultFor.filter((property) => property === 'addressable');
    return [{ ...only, defaultFor: ['dns', 'gateway', ...addressable] }];
  }
  for (const property of defaultProperties) {
    const owners = networks
      .filter(({ defaultFor }) => defaultFor.includes(property))
      .map(({ network }) => network.name);
    if (owners.length > 1) {
      throw new JobNetworkMultipleDefaults(
        `Instance group '${group}' specified more than one network to contain default '${property}': ${owners.join(', ')}`,
      );
    }
    if (owners.length === 0 && property !== 'addressable') {
      throw new JobNetworkMissingDefault(
        `Instance group '${group}' must specify which network is default for ${property}, since it has more than one network configured`,
      );
    }
  }
  return networks;
}
