import {
  NetworkReservationAlreadyInUse,
  NetworkReservationIpOutsideSubnet,
  NetworkReservationIpReserved,
  NetworkReservationNotEnoughCapacity,
  NetworkReservationWrongType,
} from '../../errors.ts';
import type { GroupNetworkSpec } from '../parse/group-networks.ts';
import type { NetworkPlan } from '../plan.ts';
import type { AddressSnapshot } from '../snapshot.ts';
import { type AddressBook, formatAddress, parseAddress } from './address-book.ts';
import { formatIp } from './ip-address.ts';
import { type IpRange, isWithin, overlaps } from './ip-range.ts';
import { type ManualNetwork, type ManualSubnet, servesAz, type VipNetwork } from './network-spec.ts';

/** Whose networks are planned. */
export interface NetworkUser {
  /** `web/<uuid> (0)` in errors. */
  readonly label: string;
  readonly uuid: string;
  readonly az: string | null;
  /** What it has now. */
  readonly addresses: readonly AddressSnapshot[];
  /** Network → the static IP that placement has given it. */
  readonly staticIps: ReadonlyMap<string, string>;
}

/** The networks of one instance, with their addresses claimed in the book. */
export function planNetworks(
  user: NetworkUser,
  networks: readonly GroupNetworkSpec[],
  book: AddressBook,
): readonly NetworkPlan[] {
  const addressable = addressableNetwork(networks);
  return networks.map((spec) => ({
    ...planNetwork(user, spec, { networks, book }),
    addressable: spec === addressable,
  }));
}

type Planned = Omit<NetworkPlan, 'addressable'>;

interface Around {
  readonly networks: readonly GroupNetworkSpec[];
  readonly book: AddressBook;
}

function planNetwork(user: NetworkUser, spec: GroupNetworkSpec, around: Around): Planned {
  const { network } = spec;
  switch (network.type) {
    case 'manual':
      return planManual(user, { spec, network }, around);
    case 'dynamic':
      return planDynamic(user, spec);
    case 'vip':
      return planVip(user, network, around.book);
  }
}

function planManual(
  user: NetworkUser,
  { spec, network }: { readonly spec: GroupNetworkSpec; readonly network: ManualNetwork },
  { networks, book }: Around,
): Planned {
  const wanted = user.staticIps.get(network.name);
  const kept = spec.staticIps === null ? keptAddress(user, network, { networks, book }) : null;
  const range =
    wanted === undefined ? (kept ?? lowestFree(user, network, book)) : staticAddress(user, network, { wanted, book });
  book.claim(range, user.uuid);
  const subnet = subnetOf(network, range);
  return {
    name: network.name,
    type: 'manual',
    address: formatAddress(range),
    static: subnet.static.some((ips) => overlaps(ips, range)),
    settings: manualSettings(spec, subnet, range),
  };
}

function manualSettings(spec: GroupNetworkSpec, subnet: ManualSubnet, range: IpRange) {
  return {
    type: 'manual',
    ip: formatIp({ bits: range.bits, value: range.first }),
    ...(subnet.prefix === null ? {} : { prefix: String(subnet.prefix) }),
    netmask: subnet.netmask,
    cloud_properties: subnet.cloudProperties,
    ...(spec.defaultFor.length === 0 ? {} : { default: spec.defaultFor }),
    ...(subnet.dns.length === 0 ? {} : { dns: subnet.dns }),
    ...(subnet.gateway === null ? {} : { gateway: subnet.gateway }),
    ...(spec.nicGroup === null ? {} : { nic_group: spec.nicGroup }),
  };
}

function planDynamic(user: NetworkUser, spec: GroupNetworkSpec): Planned {
  const { network } = spec;
  const subnet = network.type === 'dynamic' ? network.subnets.find((item) => servesAz(item, user.az)) : undefined;
  if (subnet === undefined) {
    throw noCapacity(user, 'dynamic', network.name);
  }
  return {
    name: network.name,
    type: 'dynamic',
    address: null,
    static: false,
    settings: {
      type: 'dynamic',
      cloud_properties: subnet.cloudProperties,
      ...(subnet.dns.length === 0 ? {} : { dns: subnet.dns }),
      ...(spec.defaultFor.length === 0 ? {} : { default: spec.defaultFor }),
    },
  };
}

function planVip(user: NetworkUser, network: VipNetwork, book: AddressBook): Planned {
  const wanted = user.staticIps.get(network.name);
  const range = wanted === undefined ? globalVip(user, network, book) : parseAddress(wanted);
  if (range === null) {
    throw noCapacity(user, 'vip', network.name);
  }
  checkNotTaken(user, network.name, { range, book });
  book.claim(range, user.uuid);
  const address = formatAddress(range);
  return {
    name: network.name,
    type: 'vip',
    address,
    static: wanted !== undefined,
    settings: { type: 'vip', ip: address, cloud_properties: network.cloudProperties },
  };
}

function globalVip(user: NetworkUser, network: VipNetwork, book: AddressBook): IpRange | null {
  const pools = network.subnets.filter((subnet) => servesAz(subnet, user.az)).flatMap((subnet) => subnet.static);
  const current = user.addresses
    .filter((address) => address.network === network.name)
    .map((a) => parseAddress(a.address));
  const kept = current.find((range) => range !== null && pools.some((pool) => isWithin(range, pool)));
  if (kept) {
    return kept;
  }
  for (const { bits, first, last } of pools) {
    for (let value = first; value <= last; value += 1n) {
      const range = { bits, first: value, last: value };
      if (book.ownerOf(range) === undefined) {
        return range;
      }
    }
  }
  return null;
}

/** The address that the instance has and may keep: on this network, or on one it leaves whose range is the same. */
function keptAddress(user: NetworkUser, network: ManualNetwork, { networks, book }: Around): IpRange | null {
  const stays = (name: string) => networks.some((spec) => spec.network.name === name);
  const candidates = [
    ...user.addresses.filter((address) => address.network === network.name),
    ...user.addresses.filter((address) => !stays(address.network)),
  ];
  for (const { address } of candidates) {
    const range = parseAddress(address);
    const subnet = range === null ? undefined : findSubnet(network, range);
    if (range === null || subnet === undefined || !servesAz(subnet, user.az)) {
      continue;
    }
    const isReserved = subnet.restricted.some((restricted) => overlaps(restricted, range));
    const owner = book.ownerOf(range);
    if (!isReserved && isOneAllotment(subnet, range) && (owner === undefined || owner.owner === user.uuid)) {
      return range;
    }
  }
  return null;
}

/** Is the range of the size that the subnet hands out? */
function isOneAllotment(subnet: ManualSubnet, range: IpRange): boolean {
  const size = subnet.prefix === null ? 1n : 1n << BigInt(subnet.range.bits - subnet.prefix);
  return range.last - range.first + 1n === size;
}

function lowestFree(user: NetworkUser, network: ManualNetwork, book: AddressBook): IpRange {
  for (const subnet of network.subnets.filter((item) => servesAz(item, user.az))) {
    const range = book.lowestFree(subnet);
    if (range !== null) {
      return range;
    }
  }
  throw noCapacity(user, 'manual', network.name);
}

function staticAddress(
  user: NetworkUser,
  network: ManualNetwork,
  { wanted, book }: { readonly wanted: string; readonly book: AddressBook },
): IpRange {
  const range = parseAddress(wanted);
  const subnet = range === null ? undefined : findSubnet(network, range);
  if (range === null || subnet === undefined) {
    throw new NetworkReservationIpOutsideSubnet(
      `Provided static IP '${wanted}' of '${user.label}' does not belong to any subnet in network '${network.name}'`,
    );
  }
  if (subnet.restricted.some((restricted) => overlaps(restricted, range))) {
    throw new NetworkReservationIpReserved(
      `Failed to reserve IP '${wanted}' for '${user.label}' in network '${network.name}': IP belongs to reserved range`,
    );
  }
  if (!subnet.static.some((ips) => overlaps(ips, range))) {
    throw new NetworkReservationWrongType(
      `IP '${wanted}' on network '${network.name}' does not belong to static pool`,
      { hint: "Add it to the subnet's 'static' ranges in the cloud config, or choose one of those." },
    );
  }
  checkNotTaken(user, network.name, { range, book });
  return range;
}

function checkNotTaken(
  user: NetworkUser,
  network: string,
  { range, book }: { readonly range: IpRange; readonly book: AddressBook },
): void {
  const claim = book.ownerOf(range);
  if (claim !== undefined && claim.owner !== user.uuid) {
    throw new NetworkReservationAlreadyInUse(
      `Failed to reserve IP '${formatAddress(range)}' for instance '${user.label}' on network '${network}': already reserved by ${claim.owner === null ? 'another deployment' : `instance '${claim.owner}'`}`,
    );
  }
}

function findSubnet(network: ManualNetwork, range: IpRange): ManualSubnet | undefined {
  return network.subnets.find((subnet) => isWithin(range, subnet.range));
}

function subnetOf(network: ManualNetwork, range: IpRange): ManualSubnet {
  const subnet = findSubnet(network, range);
  if (subnet === undefined) {
    throw new TypeError(`${formatAddress(range)} is in no subnet of ${network.name}`);
  }
  return subnet;
}

function addressableNetwork(networks: readonly GroupNetworkSpec[]): GroupNetworkSpec | undefined {
  return (
    networks.find(({ defaultFor }) => defaultFor.includes('addressable')) ??
    networks.find(({ defaultFor }) => defaultFor.includes('gateway'))
  );
}

function noCapacity(user: NetworkUser, type: string, network: string): Error {
  return new NetworkReservationNotEnoughCapacity(
    `Failed to reserve IP for '${user.label}' for ${type} network '${network}': no more available`,
    { hint: `Free addresses, or add a range to network '${network}' in the cloud config.` },
  );
}
