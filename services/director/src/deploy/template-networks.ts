import { canonicalName } from '../planner/canonical-name.ts';
import type { NetworkPlan } from '../planner/plan.ts';

export interface InstancePlace {
  readonly deployment: string;
  readonly group: string;
  readonly index: number;
  readonly dnsDomain: string;
}

const unknownAddress = '127.0.0.1';

/**
 * `spec.networks` of templates. A dynamic network has no address before the VM is there: templates then see a valid one,
 * and are rendered again when it is known. BOSH: deployment_plan/instance_spec.rb, TemplateSpec.
 */
export function templateNetworks(
  networks: readonly NetworkPlan[],
  place: InstancePlace,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    networks.map(({ name, type, settings }) => [
      name,
      { ...settings, ...(type === 'dynamic' ? withAddress(settings) : {}), dns_record_name: recordName(name, place) },
    ]),
  );
}

function withAddress({ ip, netmask, gateway }: NetworkPlan['settings']): Record<string, unknown> {
  return { ip: ip ?? unknownAddress, netmask: netmask ?? unknownAddress, gateway: gateway ?? unknownAddress };
}

function recordName(network: string, { deployment, group, index, dnsDomain }: InstancePlace): string {
  return [index, ...[group, network, deployment].map(canonicalName), dnsDomain].join('.');
}
