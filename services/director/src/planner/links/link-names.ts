import { canonicalName } from '../canonical-name.ts';

/** The DNS name of one instance on one network. */
export function instanceDnsName(of: {
  readonly uuid: string;
  readonly group: string;
  readonly network: string;
  readonly deployment: string;
  readonly domain: string;
}): string {
  const labels = [of.group, of.network, of.deployment].map(canonicalName);
  return [of.uuid, ...labels, of.domain].join('.');
}
