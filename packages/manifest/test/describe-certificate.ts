import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from '@peculiar/x509';

/** What matters of a certificate, in OpenSSL's words, as the recordings have it. */
export function describeCertificate(pem: string, mask: (name: string) => string): object {
  const certificate = new X509Certificate(pem);
  const node = new NodeCertificate(pem);
  const seconds = (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / 1000;
  return {
    issuer: mask(openSslName(node.issuer)),
    subject: mask(openSslName(node.subject)),
    bits: node.publicKey.asymmetricKeyDetails?.modulusLength,
    extensions: certificate.extensions.map(describeExtension).join(' '),
    days: Math.round(seconds / (24 * 3600)),
  };
}

/** In OpenSSL's RFC 2253 form: other than ASCII as bytes in hex. */
function openSslName(name: string): string {
  const text = name.split('\n').reverse().join(',');
  const hex = (char: string): string => Buffer.from(char).toString('hex').toUpperCase().replaceAll(/../g, '\\$&');
  return text.replaceAll(/[^\x20-\x7e]/gu, hex);
}

function describeExtension(extension: Extension): string {
  const critical = extension.critical ? ' critical' : '';
  if (extension instanceof KeyUsagesExtension) return `X509v3 Key Usage:${critical} ${keyUsages(extension.usages)}`;
  if (extension instanceof ExtendedKeyUsageExtension) return `X509v3 Extended Key Usage: ${extendedUsages(extension)}`;
  if (extension instanceof BasicConstraintsExtension) {
    return `X509v3 Basic Constraints:${critical} CA:${extension.ca ? 'TRUE' : 'FALSE'}`;
  }
  if (extension instanceof SubjectKeyIdentifierExtension) return 'X509v3 Subject Key Identifier: <20 bytes>';
  if (extension instanceof AuthorityKeyIdentifierExtension) return 'X509v3 Authority Key Identifier: <20 bytes>';
  if (extension instanceof SubjectAlternativeNameExtension)
    return `X509v3 Subject Alternative Name: ${names(extension)}`;
  return extension.type;
}

function keyUsages(flags: KeyUsageFlags): string {
  const words = [
    [KeyUsageFlags.digitalSignature, 'Digital Signature'],
    [KeyUsageFlags.keyEncipherment, 'Key Encipherment'],
    [KeyUsageFlags.keyCertSign, 'Certificate Sign'],
    [KeyUsageFlags.cRLSign, 'CRL Sign'],
  ] as const;
  return words
    .filter(([flag]) => (flags & flag) !== 0)
    .map(([, word]) => word)
    .join(', ');
}

function extendedUsages(extension: ExtendedKeyUsageExtension): string {
  const words: Readonly<Record<string, string>> = {
    [ExtendedKeyUsage.serverAuth]: 'TLS Web Server Authentication',
    [ExtendedKeyUsage.clientAuth]: 'TLS Web Client Authentication',
  };
  return extension.usages.map((usage) => words[String(usage)] ?? String(usage)).join(', ');
}

function names(extension: SubjectAlternativeNameExtension): string {
  return extension.names.items
    .map(({ type, value }) => (type === 'ip' ? `IP Address:${openSslAddress(value)}` : `DNS:${value}`))
    .join(', ');
}

function openSslAddress(address: string): string {
  if (!address.includes(':')) return address;
  const [left = '', right = ''] = address.split('::');
  const [head, tail] = [left, right].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => group.replace(/^0+(?=.)/, '').toUpperCase()).join(':');
}
