import type { AddressSnapshot } from '../snapshot.ts';
import { formatIp, parseIp } from './ip-address.ts';
import { type IpRange, overlaps, parseCidr, singleIp } from './ip-range.ts';
import type { ManualSubnet } from './network-spec.ts';

interface Claim {
  readonly range: IpRange;
  /** Null: it belongs to no instance of this deployment. */
  readonly owner: string | null;
}

/** Who has which address at this Director; an address belongs to one instance, whatever the network. */
export class AddressBook {
  readonly #singles = new Map<string, Claim>();
  readonly #blocks: Claim[] = [];
  readonly #firstFree = new WeakMap<ManualSubnet, bigint>();

  constructor(addresses: readonly AddressSnapshot[]) {
    for (const { address, instanceUuid } of addresses) {
      const range = parseAddress(address);
      if (range !== null) {
        this.#add({ range, owner: instanceUuid });
      }
    }
  }

  /** Undefined: nobody has it. */
  ownerOf(range: IpRange): { readonly owner: string | null } | undefined {
    const single = range.first === range.last ? this.#singles.get(key(range)) : this.#singleWithin(range);
    return single ?? this.#blocks.find((claim) => overlaps(claim.range, range));
  }

  claim(range: IpRange, owner: string): void {
    this.#add({ range, owner });
  }

  /** The lowest address (or block) of the subnet that nobody has and that may be handed out. */
  lowestFree(subnet: ManualSubnet): IpRange | null {
    const size = subnet.prefix === null ? 1n : 1n << BigInt(subnet.range.bits - subnet.prefix);
    const held = [...subnet.restricted, ...subnet.static];
    // Addresses are only ever taken while a plan is made: what was not free before is not free now.
    let first = this.#firstFree.get(subnet) ?? subnet.range.first;
    while (first + size - 1n <= subnet.range.last) {
      const candidate: IpRange = { bits: subnet.range.bits, first, last: first + size - 1n };
      const obstacle = held.find((range) => overlaps(range, candidate));
      if (obstacle === undefined && this.ownerOf(candidate) === undefined) {
        this.#firstFree.set(subnet, first);
        return candidate;
      }
      first = obstacle === undefined ? first + size : (obstacle.last / size + 1n) * size;
    }
    return null;
  }

  #add(claim: Claim): void {
    if (claim.range.first === claim.range.last) {
      this.#singles.set(key(claim.range), claim);
    } else {
      this.#blocks.push(claim);
    }
  }

  #singleWithin(range: IpRange): Claim | undefined {
    return [...this.#singles.values()].find((claim) => overlaps(claim.range, range));
  }
}

/** `10.0.0.5`, or `10.0.0.16/28` for a block; null when it is neither. */
export function parseAddress(text: string): IpRange | null {
  const ip = parseIp(text);
  return ip === null ? parseCidr(text) : singleIp(ip);
}

export function formatAddress(range: IpRange): string {
  const ip = formatIp({ bits: range.bits, value: range.first });
  const size = range.last - range.first + 1n;
  return size === 1n ? ip : `${ip}/${range.bits - (size.toString(2).length - 1)}`;
}

function key({ bits, first }: IpRange): string {
  return `${bits}:${first}`;
}
