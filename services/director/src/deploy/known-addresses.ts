import type { InstancePlan, NetworkPlan } from '../planner/plan.ts';

/**
 * The networks of an instance; dynamic ones with the addresses that the cloud gave its VM, as its last update stored
 * them. An update that was cut short may have left another VM: then they are unknown.
 */
export function knownNetworks({ networks, existing }: Pick<InstancePlan, 'networks' | 'existing'>): NetworkPlan[] {
  const stored = existing?.vm != null && existing.updateCompleted ? existing.spec?.networks : undefined;
  return networks.map((network) => withAddress(network, stored?.[network.name]));
}

/** A dynamic network with the address that was given to it; any other as it is. */
export function withAddress(network: NetworkPlan, given: Readonly<Record<string, unknown>> | undefined): NetworkPlan {
  const { ip, netmask, gateway } = given ?? {};
  if (network.type !== 'dynamic' || typeof ip !== 'string') return network;
  return { ...network, address: ip, settings: { ...network.settings, ip, netmask, gateway } };
}

export function hasUnknownAddress(networks: readonly NetworkPlan[]): boolean {
  return networks.some(({ type, address }) => type === 'dynamic' && address === null);
}
