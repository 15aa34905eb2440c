import { BlockList, isIP, isIPv4 } from 'node:net';

/** A CIDR range of a subnet. */
export interface IpRange {
  readonly text: string;
  contains(ip: string): boolean;
  readonly netmask: string;
  /** First and last address; they belong to no VM. */
  readonly network: string;
  readonly broadcast: string | undefined;
}

/** Undefined unless it is `address/prefix`. */
export function parseRange(text: string): IpRange | undefined {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const family = isIP(address);
  const prefix = Number(prefixText);
  const bits = family === 4 ? 32 : 128;
  if (family === 0 || rest.length > 0 || !/^\d+$/.test(prefixText) || prefix > bits) return undefined;
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return {
    text,
    contains: (ip) => isIP(ip) !== 0 && list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6'),
    netmask: netmask(prefix, bits),
    network: family === 4 ? toIpv4(toNumber(address) & maskOf(prefix)) : address,
    broadcast: family === 4 ? toIpv4(toNumber(address) | (~maskOf(prefix) & allOnes)) : undefined,
  };
}

const allOnes = 0xff_ff_ff_ffn;

function maskOf(prefix: number): bigint {
  return (allOnes << BigInt(32 - prefix)) & allOnes;
}

function netmask(prefix: number, bits: number): string {
  if (bits === 32) return toIpv4(maskOf(prefix));
  const digits = ((1n << 128n) - (1n << BigInt(128 - prefix))).toString(16).padStart(32, '0');
  return (digits.match(/.{4}/g) ?? []).join(':');
}

function toNumber(ip: string): bigint {
  return ip.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function toIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}
