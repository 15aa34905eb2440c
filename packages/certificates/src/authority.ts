import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { busSubject } from './bus-subject.ts';
import { algorithm, type KeyAndCertificate, type SigningKey, signingKeyFrom, toPem } from './pem.ts';

export interface CertificateRequest {
  readonly commonName: string;
  /** Host names and addresses. */
  readonly alternativeNames?: readonly string[];
  /** What its owner may be in TLS. */
  readonly usages: readonly ('client' | 'server')[];
  readonly days: number;
}

/** Signs certificates: EC P-256, valid from a day ago, so that clocks may differ. */
export interface Authority extends KeyAndCertificate {
  issue(request: CertificateRequest): Promise<KeyAndCertificate>;
}

const dayMs = 86_400_000;
const usages = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth } as const;

/** A new authority that signs itself. */
export async function createAuthority(commonName: string, options: { readonly days: number }): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(options.days),
    name: busSubject(commonName),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authority(await toPem(keys.privateKey, certificate), certificate, { key: keys.privateKey, algorithm });
}

/** An authority that somebody has made before. Throws ExpectedError unless its key is an EC P-256 or RSA one. */
export async function openAuthority(pem: KeyAndCertificate): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  return authority(pem, new x509.X509Certificate(pem.certificate), await signingKeyFrom(pem.privateKey));
}

function authority(pem: KeyAndCertificate, ca: x509.X509Certificate, signing: SigningKey): Authority {
  return {
    ...pem,
    async issue({ commonName, alternativeNames = [], usages: wanted, days }) {
      const keys = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...validity(days),
        subject: busSubject(commonName),
        issuer: ca.subject,
        publicKey: keys.publicKey,
        signingKey: signing.key,
        signingAlgorithm: signing.algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension(wanted.map((usage) => usages[usage])),
          await authorityKeyIdentifier(ca),
          ...(alternativeNames.length === 0
            ? []
            : [new x509.SubjectAlternativeNameExtension(alternativeNames.map(alternativeName))]),
        ],
      });
      return await toPem(keys.privateKey, certificate);
    },
  };
}

/** As the authority calls its own key: there is more than one way to number keys, and programs compare. */
async function authorityKeyIdentifier(ca: x509.X509Certificate): Promise<x509.AuthorityKeyIdentifierExtension> {
  const own = ca.getExtension(x509.SubjectKeyIdentifierExtension);
  if (own === null) return await x509.AuthorityKeyIdentifierExtension.create(ca, false);
  return new x509.AuthorityKeyIdentifierExtension(own.keyId);
}

function alternativeName(value: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(value) === 0 ? 'dns' : 'ip', value };
}

function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - dayMs), notAfter: new Date(now + days * dayMs) };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
