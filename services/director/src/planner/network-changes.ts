import { describeDifference } from './describe-difference.ts';
import type { Change, InstancePlan, NetworkPlan } from './plan.ts';
import type { StoredSpec } from './snapshot.ts';

/** Networks a VM has are those it was made with: every difference needs a new one. */
export function networkChanges({ networks }: Pick<InstancePlan, 'networks'>, spec: StoredSpec): readonly Change[] {
  const removed = Object.keys(spec.networks).filter((name) => !networks.some((network) => network.name === name));
  const reasons = [
    ...networks.flatMap((network) => networkDifference(network, spec.networks[network.name]) ?? []),
    ...removed.map((name) => `network '${name}' is removed`),
  ];
  return reasons.length === 0 ? [] : [{ kind: 'network', reason: reasons.join(', '), needsNewVm: true }];
}

function networkDifference(network: NetworkPlan, before: Readonly<Record<string, unknown>> | undefined): string | null {
  if (before === undefined) {
    return `network '${network.name}' is added`;
  }
  const difference = describeDifference(comparable(network, before), comparable(network, network.settings));
  return difference === '' ? null : `network '${network.name}' changes: ${difference}`;
}

/** Of a dynamic network the cloud gave the addresses: they are no wish of ours. */
function comparable({ type }: NetworkPlan, settings: Readonly<Record<string, unknown>>) {
  const { dns_record_name: _, ...rest } = settings;
  if (type !== 'dynamic') {
    return rest;
  }
  const { ip: _ip, netmask: _netmask, gateway: _gateway, ...asked } = rest;
  return asked;
}
