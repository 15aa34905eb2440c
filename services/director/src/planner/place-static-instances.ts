import {
  InstanceGroupNetworkInstanceIpMismatch,
  JobInvalidAvailabilityZone,
  JobStaticIpsFromInvalidAvailabilityZone,
  NetworkReservationIpOutsideSubnet,
} from '../errors.ts';
import { parseAddress } from './networks/address-book.ts';
import { isWithin } from './networks/ip-range.ts';
import type { GroupNetworkSpec } from './parse/group-networks.ts';
import type { PlacedInstance } from './place-instances.ts';
import type { AddressSnapshot } from './snapshot.ts';

type Instance = PlacedInstance & { readonly addresses: readonly AddressSnapshot[] };

interface StaticIp {
  readonly address: string;
  /** AZs it may serve; [null] when neither it nor the group knows AZs. */
  readonly azs: readonly (string | null)[];
}

interface StaticNetwork {
  readonly name: string;
  readonly free: StaticIp[];
}

interface Slot<Item> {
  az: string | null;
  existing: Item | null;
  readonly ips: Map<string, string>;
}

export interface StaticPlacement<Item> {
  readonly wanted: readonly {
    readonly az: string | null;
    readonly existing: Item | null;
    /** Network → IP. */
    readonly staticIps: ReadonlyMap<string, string>;
  }[];
  readonly obsolete: readonly Item[];
}

interface Request<Item> {
  readonly group: string;
  readonly count: number;
  readonly azs: readonly string[] | null;
  readonly networks: readonly GroupNetworkSpec[];
  readonly existing: readonly Item[];
}

/**
 * Places a group whose static IPs decide about AZs. Who has a listed IP keeps it; IPs that may serve several AZs go where
 * the fewest instances are.
 */
export function placeStaticInstances<Item extends Instance>(request: Request<Item>): StaticPlacement<Item> {
  const networks = staticNetworks(request);
  const existing = request.existing.toSorted(byClaim);
  const slots = existing.flatMap((instance) => keepIps(instance, networks)).slice(0, request.count);
  for (const slot of slots) {
    fillSlot(slot, networks, request);
  }
  while (slots.length < request.count) {
    slots.push(newSlot(slots, networks, request));
  }
  const homeless = existing.filter((instance) => !slots.some((slot) => slot.existing === instance));
  for (const slot of slots.filter(({ existing: owner }) => owner === null)) {
    const at = homeless.findIndex(({ az }) => az === slot.az);
    slot.existing = at === -1 ? null : (homeless.splice(at, 1)[0] ?? null);
  }
  return {
    wanted: slots.map(({ az, existing: owner, ips }) => ({ az, existing: owner, staticIps: ips })),
    obsolete: homeless,
  };
}

/** Who may not or should not move chooses first. */
function byClaim(a: PlacedInstance, b: PlacedInstance): number {
  const rank = ({ ignore, hasPersistentDisk }: PlacedInstance) => (ignore ? 0 : hasPersistentDisk ? 1 : 2);
  return rank(a) - rank(b) || a.index - b.index;
}

function staticNetworks<Item>({ group, azs, networks }: Request<Item>): readonly StaticNetwork[] {
  return networks.flatMap((spec) => {
    if (spec.staticIps === null) {
      return [];
    }
    return [
      {
        name: spec.network.name,
        free: spec.staticIps.map((address) => ({ address, azs: azsOf(address, spec, { group, azs }) })),
      },
    ];
  });
}

function azsOf(
  address: string,
  { network }: GroupNetworkSpec,
  { group, azs }: { readonly group: string; readonly azs: readonly string[] | null },
): readonly (string | null)[] {
  if (network.type !== 'manual') {
    return azs ?? [null];
  }
  const range = parseAddress(address);
  const subnet = network.subnets.find((item) => range !== null && isWithin(range, item.range));
  if (subnet === undefined) {
    throw new NetworkReservationIpOutsideSubnet(
      `Instance group '${group}' with network '${network.name}' declares static ip '${address}', which belongs to no subnet`,
    );
  }
  if (azs === null) {
    if (subnet.azs !== null) {
      throw new JobInvalidAvailabilityZone(
        `Instance group '${group}' declares static ip '${address}' of a subnet with availability zones, but has none itself: specify 'azs'`,
      );
    }
    return [null];
  }
  const shared = azs.filter((az) => subnet.azs?.includes(az));
  if (shared.length === 0) {
    throw new JobStaticIpsFromInvalidAvailabilityZone(
      `Instance group '${group}' declares static ip '${address}' which does not belong to any of the instance group's availability zones.`,
    );
  }
  return shared;
}

/** The slot of an instance that keeps at least one of its IPs; nothing when it keeps none. */
function keepIps<Item extends Instance>(instance: Item, networks: readonly StaticNetwork[]): readonly Slot<Item>[] {
  const ips = new Map<string, string>();
  for (const network of networks) {
    const at = network.free.findIndex(
      (ip) => ip.azs.includes(instance.az) && instance.addresses.some(({ address }) => address === ip.address),
    );
    const [ip] = at === -1 ? [] : network.free.splice(at, 1);
    if (ip !== undefined) {
      ips.set(network.name, ip.address);
    }
  }
  return ips.size === 0 ? [] : [{ az: instance.az, existing: instance, ips }];
}

/** Gives a slot an IP of each network that it has none of, of those for its AZ the least versatile. */
function fillSlot<Item>(slot: Slot<Item>, networks: readonly StaticNetwork[], { group }: Request<Item>): void {
  for (const { name, free } of networks) {
    if (slot.ips.has(name)) {
      continue;
    }
    const fitting = free.filter(({ azs }) => azs.includes(slot.az));
    const ip = fitting.toSorted((a, b) => a.azs.length - b.azs.length)[0];
    if (ip === undefined) {
      throw new InstanceGroupNetworkInstanceIpMismatch(
        `Failed to evenly distribute static IPs between zones for instance group '${group}': network '${name}' has none left for '${slot.az ?? 'no zone'}'`,
      );
    }
    free.splice(free.indexOf(ip), 1);
    slot.ips.set(name, ip.address);
  }
}

function newSlot<Item>(
  slots: readonly Slot<Item>[],
  networks: readonly StaticNetwork[],
  request: Request<Item>,
): Slot<Item> {
  const counts = (az: string | null) => slots.filter((slot) => slot.az === az).length;
  const [leading, ...others] = networks;
  const candidates = (leading?.free ?? []).flatMap((ip) => ip.azs.map((az) => ({ az, versatility: ip.azs.length })));
  const possible = candidates.filter(({ az }) => others.every(({ free }) => free.some((ip) => ip.azs.includes(az))));
  // IPs of a single AZ first: where they go is no choice, the others then even things out.
  const best = (possible.length > 0 ? possible : candidates).toSorted(
    (a, b) => a.versatility - b.versatility || counts(a.az) - counts(b.az) || ((a.az ?? '') < (b.az ?? '') ? -1 : 1),
  )[0];
  const slot: Slot<Item> = { az: best?.az ?? null, existing: null, ips: new Map() };
  fillSlot(slot, networks, request);
  return slot;
}
