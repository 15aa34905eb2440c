import { NetworkInvalidIpRangeFormat } from '../../errors.ts';
import { formatIp, type IpAddress, parseIp } from './ip-address.ts';

/** Addresses from `first` to `last`, both included. */
export interface IpRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

export interface Cidr extends IpRange {
  readonly prefixLength: number;
}

/** `10.0.0.0/24`; a host part is dropped. Null when the text is no CIDR block. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', length = '', ...rest] = text.trim().split('/');
  const ip = parseIp(address);
  const prefixLength = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (ip === null || rest.length > 0 || prefixLength < 0 || prefixLength > ip.bits) {
    return null;
  }
  const size = 1n << BigInt(ip.bits - prefixLength);
  const first = (ip.value / size) * size;
  return { bits: ip.bits, first, last: first + size - 1n, prefixLength };
}

/** `10.0.0.5`, `10.0.0.5 - 10.0.0.9` or a CIDR block. */
export function parseRange(text: string): IpRange {
  if (text.includes('/')) {
    const cidr = parseCidr(text);
    if (cidr !== null) {
      return cidr;
    }
  }
  const [from, to = from, ...rest] = text.split('-').map((part) => parseIp(part.trim()));
  if (rest.length > 0 || from === null || from === undefined || to === null || to === undefined) {
    throw new NetworkInvalidIpRangeFormat(`Invalid IP range format: ${text}`);
  }
  if (from.bits !== to.bits || from.value > to.value) {
    throw new NetworkInvalidIpRangeFormat(`Invalid IP range format: ${text}: its end lies before its start`);
  }
  return { bits: from.bits, first: from.value, last: to.value };
}

export function singleIp(ip: IpAddress): IpRange {
  return { bits: ip.bits, first: ip.value, last: ip.value };
}

export function contains(range: IpRange, ip: IpAddress): boolean {
  return range.bits === ip.bits && range.first <= ip.value && ip.value <= range.last;
}

export function isWithin(inner: IpRange, outer: IpRange): boolean {
  return inner.bits === outer.bits && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(one: IpRange, other: IpRange): boolean {
  return one.bits === other.bits && one.first <= other.last && other.first <= one.last;
}

export function formatRange({ bits, first, last }: IpRange): string {
  const from = formatIp({ bits, value: first });
  return first === last ? from : `${from} - ${formatIp({ bits, value: last })}`;
}
