import type { NetworkPlan } from '../plan.ts';
import type { LinkInstance } from './link-group.ts';
import { instanceDnsName } from './link-names.ts';
import type { LinkProvider } from './link-provider.ts';

type Properties = Readonly<Record<string, unknown>>;

export interface DnsChoice {
  readonly deployment: string;
  readonly domain: string;
  readonly useDnsAddresses: boolean;
  readonly useShortDnsAddresses: boolean;
  readonly useLinkDnsNames: boolean;
}

interface Wish {
  /** Null: the group's default network. */
  readonly network: string | null;
  /** Null: as the deployment's features say. */
  readonly ipAddresses: boolean | null;
}

/** What templates see of a provider by `link('name')`. */
export function linkContent(provider: LinkProvider, wish: Wish, dns: DnsChoice): Properties {
  const { group } = provider;
  const defaultNetwork = wish.network ?? defaultNetworkOf(provider);
  const preferDns = wish.ipAddresses === null ? dns.useDnsAddresses : !wish.ipAddresses;
  return {
    deployment_name: dns.deployment,
    domain: dns.domain,
    default_network: defaultNetwork,
    networks: group.networks.map(({ network }) => network.name),
    instance_group: group.name,
    group_name: `${provider.name}-${provider.type}`,
    properties: provider.properties,
    use_short_dns_addresses: dns.useShortDnsAddresses,
    use_dns_addresses: preferDns,
    use_link_dns_names: dns.useLinkDnsNames,
    instances: group.instances
      .toSorted((a, b) => a.index - b.index)
      .map((instance) => instanceContent(instance, group.name, { defaultNetwork, preferDns, dns })),
  };
}

function defaultNetworkOf({ group }: LinkProvider): string {
  const networks = group.instances[0]?.networks ?? [];
  const addressable = networks.find((network) => network.addressable)?.name;
  const gateway = group.networks.find(({ defaultFor }) => defaultFor.includes('gateway'))?.network.name;
  return addressable ?? gateway ?? '';
}

interface InstanceView {
  readonly defaultNetwork: string;
  readonly preferDns: boolean;
  readonly dns: DnsChoice;
}

function instanceContent(instance: LinkInstance, group: string, view: InstanceView): Properties {
  const nameOn = (network: NetworkPlan) =>
    instanceDnsName({
      uuid: instance.uuid,
      group,
      network: network.name,
      deployment: view.dns.deployment,
      domain: view.dns.domain,
    });
  // The cloud picks addresses of dynamic networks only when the VM is made: until then the name must do.
  const addressOn = (network: NetworkPlan) => network.address ?? nameOn(network);
  const network = instance.networks.find(({ name }) => name === view.defaultNetwork);
  return {
    name: group,
    id: instance.uuid,
    index: instance.index,
    bootstrap: instance.bootstrap,
    az: instance.az,
    address: network === undefined ? null : view.preferDns ? nameOn(network) : addressOn(network),
    addresses: Object.fromEntries(instance.networks.map((item) => [item.name, addressOn(item)])),
    dns_addresses: Object.fromEntries(instance.networks.map((item) => [item.name, nameOn(item)])),
  };
}
