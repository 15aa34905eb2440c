import { DnsInvalidCanonicalName } from '../errors.ts';

/** A name as DNS can carry it; two names of one kind must differ in this form. */
export function canonicalName(name: string): string {
  const canonical = dnsText(name);
  if (canonical === '' || canonical.startsWith('-') || canonical.endsWith('-')) {
    throw new DnsInvalidCanonicalName(
      `Invalid DNS canonical name '${canonical}' of '${name}': it must hold letters or digits and neither start nor end with a hyphen`,
    );
  }
  return canonical;
}

/** What is left of a text when only what DNS can carry stays; may be nothing. */
export function dnsText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('_', '-')
    .replaceAll(/[^a-z0-9-]/g, '');
}
