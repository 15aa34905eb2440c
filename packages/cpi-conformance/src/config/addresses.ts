import { isIPv4 } from 'node:net';
import { ExpectedError } from '@boti/core';

/** `10.0.0.10-10.0.0.12` → three addresses. A list stays as it is. */
export function expandAddresses(given: string | readonly string[]): readonly string[] {
  if (typeof given !== 'string') return given;
  const [first = '', last = first] = given.split('-').map((part) => part.trim());
  if (!isIPv4(first) || !isIPv4(last)) {
    throw new ExpectedError(`'${given}' is no range of IPv4 addresses`, {
      hint: 'Write networks.manual.addresses as 10.0.0.10-10.0.0.99, or as a list.',
    });
  }
  const [from, to] = [toNumber(first), toNumber(last)];
  return Array.from({ length: Math.max(0, Math.min(to - from + 1, 4096)) }, (_, index) => toAddress(from + index));
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}
