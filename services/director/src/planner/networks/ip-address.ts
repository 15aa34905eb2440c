import ipaddr from 'ipaddr.js';

/** An address as a number, so that ranges are arithmetic. IPv4 and IPv6 share this form; a network holds only one kind. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Null when the text is no address. */
export function parseIp(text: string): IpAddress | null {
  const valid = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!valid) {
    return null;
  }
  const bytes = ipaddr.parse(text).toByteArray();
  return { bits: bytes.length === 4 ? 32 : 128, value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) };
}

export function formatIp({ bits, value }: IpAddress): string {
  const bytes: number[] = [];
  for (let rest = value, left = bits / 8; left > 0; left -= 1, rest /= 256n) {
    bytes.unshift(Number(rest % 256n));
  }
  return ipaddr.fromByteArray(bytes).toString();
}

/** `255.255.255.0` of 24. */
export function netmaskOf(prefixLength: number, bits: 32 | 128): string {
  const all = (1n << BigInt(bits)) - 1n;
  return formatIp({ bits, value: (all << BigInt(bits - prefixLength)) & all });
}
