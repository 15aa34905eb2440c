import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { CertificateSet } from '@boti/agent-protocol';
import { ExpectedError } from '@boti/core';
import * as x509 from '@peculiar/x509';

export interface AgentCertificates {
  /** A certificate by which one agent, and no other, is known on the bus. EC P-256, two years. */
  issue(agentId: string): Promise<CertificateSet>;
}

export interface Authority {
  /** PEM texts of the bus's authority. */
  readonly certificate: string;
  readonly privateKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const lifetimeDays = 730;

/** The subject by which nats-server maps a connection to its permissions. */
export const agentCertificateSubject = (agentId: string): string =>
  `C=USA, O=Cloud Foundry, CN=${agentId}.agent.bosh-internal`;

export async function agentCertificates(authority: Authority): Promise<AgentCertificates> {
  x509.cryptoProvider.set(webcrypto);
  const signingKey = await importKey(authority.privateKey);
  const ca = new x509.X509Certificate(authority.certificate);
  return {
    async issue(agentId) {
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const now = Date.now();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: agentCertificateSubject(agentId),
        issuer: ca.subject,
        notBefore: new Date(now - dayMs),
        notAfter: new Date(now + lifetimeDays * dayMs),
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
          await x509.AuthorityKeyIdentifierExtension.create(ca, false),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
      return {
        ca: authority.certificate,
        certificate: `${certificate.toString('pem')}\n`,
        private_key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
      };
    },
  };
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  try {
    const [pkcs8] = x509.PemConverter.decode(pem);
    if (pkcs8 === undefined) throw new ExpectedError('it holds no key');
    return await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  } catch (cause) {
    throw new ExpectedError("The private key of the bus's authority (nats.caPrivateKey) cannot be used", {
      cause,
      hint: 'It must be a PEM file with an unencrypted EC P-256 key in PKCS#8 form.',
    });
  }
}
