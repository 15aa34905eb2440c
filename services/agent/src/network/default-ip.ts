import type { AgentSettings } from '@boti/agent-protocol';

type Networks = AgentSettings['networks'];

/** The address of the network that has the default gateway, or of the only network there is. */
export function defaultIp(networks: Networks): string | undefined {
  const all = Object.values(networks).filter((network) => network.type !== 'vip');
  const chosen = all.length === 1 ? all[0] : all.find((network) => network.default?.includes('gateway'));
  return chosen?.ip || undefined;
}

export function allIps(networks: Networks): string[] {
  return Object.values(networks).flatMap((network) => (network.ip ? [network.ip] : []));
}
