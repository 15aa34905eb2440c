import type { Cidr, IpRange } from './ip-range.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A network of the cloud config. */
export type NetworkSpec = ManualNetwork | DynamicNetwork | VipNetwork;

export interface ManualNetwork {
  readonly type: 'manual';
  readonly name: string;
  readonly subnets: readonly ManualSubnet[];
}

export interface ManualSubnet {
  readonly range: Cidr;
  readonly gateway: string | null;
  readonly netmask: string;
  readonly dns: readonly string[];
  /** Null: the subnet is of no AZ. */
  readonly azs: readonly string[] | null;
  /** Never handed out: first and last address, gateway, `reserved`. */
  readonly restricted: readonly IpRange[];
  /** Handed out only to who asks for that very address. */
  readonly static: readonly IpRange[];
  readonly cloudProperties: Properties;
  /** With a prefix whole blocks of that length are handed out instead of single addresses. */
  readonly prefix: number | null;
}

interface DynamicNetwork {
  readonly type: 'dynamic';
  readonly name: string;
  readonly subnets: readonly DynamicSubnet[];
}

export interface DynamicSubnet {
  readonly dns: readonly string[];
  readonly azs: readonly string[] | null;
  readonly cloudProperties: Properties;
}

export interface VipNetwork {
  readonly type: 'vip';
  readonly name: string;
  /** Empty: groups name their addresses in `static_ips`. */
  readonly subnets: readonly VipSubnet[];
  readonly cloudProperties: Properties;
}

export interface VipSubnet {
  readonly static: readonly IpRange[];
  readonly azs: readonly string[] | null;
}

/** Does a subnet serve this AZ? A subnet of no AZ serves only instances of no AZ. */
export function servesAz(subnet: { readonly azs: readonly string[] | null }, az: string | null): boolean {
  return az === null ? subnet.azs === null : (subnet.azs?.includes(az) ?? false);
}
