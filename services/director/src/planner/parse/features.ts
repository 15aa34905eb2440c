import { FeaturesInvalidFormat, IncompatibleFeatures } from '../../errors.ts';
import { inspectValue } from '../inspect-value.ts';
import type { Properties } from './spec-reader.ts';

export interface Features {
  readonly useDnsAddresses: boolean;
  readonly useShortDnsAddresses: boolean;
  readonly useLinkDnsNames: boolean;
  readonly randomizeAzPlacement: boolean;
  readonly convergeVariables: boolean;
  /** Null: the env is left as it is. */
  readonly useTmpfsConfig: boolean | null;
}

export function parseFeatures(block: Properties, useDnsByDefault: boolean): Features {
  const linkNames = feature(block, 'use_link_dns_names') ?? false;
  const dns = feature(block, 'use_dns_addresses');
  const shortDns = feature(block, 'use_short_dns_addresses');
  if (linkNames && (dns === false || shortDns === false)) {
    const name = dns === false ? 'use_dns_addresses' : 'use_short_dns_addresses';
    throw new IncompatibleFeatures(`cannot enable 'use_link_dns_names' when '${name}' is explicitly disabled`);
  }
  return {
    useDnsAddresses: dns ?? (linkNames || useDnsByDefault),
    useShortDnsAddresses: shortDns ?? linkNames,
    useLinkDnsNames: linkNames,
    randomizeAzPlacement: feature(block, 'randomize_az_placement') ?? false,
    convergeVariables: feature(block, 'converge_variables') ?? false,
    useTmpfsConfig: feature(block, 'use_tmpfs_config') ?? null,
  };
}

function feature(block: Properties, name: string): boolean | undefined {
  const value = block[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'boolean') {
    throw new FeaturesInvalidFormat(
      `Key '${name}' in 'features' expected to be boolean, but received ${inspectValue(value)}`,
    );
  }
  return value;
}
