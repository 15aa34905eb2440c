import { isIP } from 'node:net';
import type { InstanceGroup, ManifestNetwork } from './environment-manifest.ts';
import { type IpRange, parseRange } from './ip-range.ts';

const kinds = ['manual', 'dynamic', 'vip'];

export function networkProblems(networks: readonly ManifestNetwork[]): readonly string[] {
  return networks.flatMap((network, index) => {
    const at = `networks[${index}]`;
    const problems = network.name === '' ? [`${at}.name is missing`] : [];
    if (!kinds.includes(network.type)) problems.push(`${at}.type '${network.type}' must be manual, dynamic or vip`);
    if (network.type === 'manual') problems.push(...subnetProblems(at, network));
    return problems;
  });
}

function subnetProblems(at: string, { subnets }: ManifestNetwork): readonly string[] {
  const [subnet] = subnets;
  if (subnet === undefined || subnets.length !== 1) return [`${at}.subnets must have exactly one subnet`];
  const range = parseRange(subnet.range);
  if (range === undefined) return [`${at}.subnets[0].range '${subnet.range}' must be a range such as 10.0.0.0/24`];
  return gatewayProblems(`${at}.subnets[0]`, subnet.gateway, range);
}

function gatewayProblems(at: string, gateway: string, range: IpRange): readonly string[] {
  if (gateway === '') return [`${at}.gateway is missing`];
  if (isIP(gateway) === 0) return [`${at}.gateway '${gateway}' is no IP address`];
  if (!range.contains(gateway)) return [`${at}.gateway '${gateway}' is outside of the range '${range.text}'`];
  if (gateway === range.network) return [`${at}.gateway '${gateway}' is the address of the network itself`];
  if (gateway === range.broadcast) return [`${at}.gateway '${gateway}' is the broadcast address`];
  return [];
}

export function groupNetworkProblems(
  at: string,
  group: InstanceGroup,
  networks: readonly ManifestNetwork[],
): readonly string[] {
  const problems = group.networks.flatMap((own, index) => {
    const here = `${at}.networks[${index}]`;
    const network = networks.find(({ name }) => name === own.name);
    if (network === undefined) return [`${here} '${own.name}' is not found in networks`];
    const wrong = own.default.filter((name) => name !== 'dns' && name !== 'gateway');
    return [
      ...addressProblems(here, own.static_ips, network),
      ...wrong.map((name) => `${here}.default '${name}' must be dns or gateway`),
    ];
  });
  return [...problems, ...defaultProblems(at, group)];
}

function addressProblems(at: string, ips: readonly string[], network: ManifestNetwork): readonly string[] {
  const invalid = ips.filter((ip) => isIP(ip) === 0).map((ip) => `${at}.static_ips '${ip}' is no IP address`);
  if (network.type !== 'manual') return invalid;
  if (ips.length === 0) return [`${at}.static_ips is missing: a manual network needs one`];
  const [subnet] = network.subnets;
  const range = parseRange(subnet?.range ?? '');
  const misplaced = ips.filter((ip) => isIP(ip) !== 0 && range?.contains(ip) === false);
  const taken = ips.filter((ip) => ip === subnet?.gateway);
  return [
    ...invalid,
    ...misplaced.map((ip) => `${at} static ip '${ip}' is outside of the subnet's range '${range?.text}'`),
    ...taken.map((ip) => `${at} static ip '${ip}' is that of the gateway`),
  ];
}

function defaultProblems(at: string, { networks }: InstanceGroup): readonly string[] {
  return ['dns', 'gateway'].flatMap((name) => {
    const count = networks.filter((network) => network.default.includes(name)).length;
    if (networks.length > 1 && count === 0) return [`${at}: one of several networks must be the default for '${name}'`];
    return count > 1 ? [`${at}: only one network can be the default for '${name}'`] : [];
  });
}
