import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface KeyAndCertificate {
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** PEM. */
  readonly certificate: string;
}

/** Certificates of a Director's bus and HTTPS, with the subjects that upstream's have. */
export interface TestCertificates {
  readonly ca: KeyAndCertificate;
  /** nats-server: CN default.nats.bosh-internal. */
  readonly nats: KeyAndCertificate;
  readonly director: KeyAndCertificate;
  readonly healthMonitor: KeyAndCertificate;
  /** Any HTTPS server on 127.0.0.1 or localhost. */
  readonly https: KeyAndCertificate;
  /** An agent's permanent certificate, or the bootstrap one that create_vm carries. */
  agent(agentId: string, kind?: 'permanent' | 'bootstrap'): Promise<KeyAndCertificate>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Issuer {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

export async function testCertificates(): Promise<TestCertificates> {
  x509.cryptoProvider.set(webcrypto);
  const ca = await makeCa();
  const issue = (commonName: string, altNames: readonly string[] = []): Promise<KeyAndCertificate> =>
    issueFrom(ca, commonName, altNames);
  const local = ['127.0.0.1', 'localhost'];
  return {
    ca: await toPem(ca.keys.privateKey, ca.certificate),
    nats: await issue('default.nats.bosh-internal', ['default.nats.bosh-internal', ...local]),
    director: await issue('default.director.bosh-internal'),
    healthMonitor: await issue('default.hm.bosh-internal'),
    https: await issue('127.0.0.1', local),
    agent: (agentId, kind = 'permanent') =>
      issue(kind === 'permanent' ? `${agentId}.agent.bosh-internal` : `${agentId}.bootstrap.agent.bosh-internal`),
  };
}

async function makeCa(): Promise<Issuer> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: subject('default.nats-ca.bosh-internal'),
    keys: keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { keys, certificate };
}

async function issueFrom(ca: Issuer, commonName: string, altNames: readonly string[]): Promise<KeyAndCertificate> {
  const keys = await generateKeys();
  const names = altNames.map((value) => ({
    type: /^[0-9.]+$/.test(value) ? ('ip' as const) : ('dns' as const),
    value,
  }));
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: subject(commonName),
    issuer: ca.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: ca.keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return toPem(keys.privateKey, certificate);
}

function subject(commonName: string): string {
  return `C=USA, O=Cloud Foundry, CN=${commonName}`;
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + 86_400_000) };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function toPem(key: webcrypto.CryptoKey, certificate: x509.X509Certificate): Promise<KeyAndCertificate> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    privateKey: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
  };
}
