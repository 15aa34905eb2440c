import { webcrypto } from 'node:crypto';
import { ExpectedError } from '@boti/core';
import * as x509 from '@peculiar/x509';

/** PEM texts, each with a newline at its end. */
export interface KeyAndCertificate {
  /** PKCS#8, not encrypted. */
  readonly privateKey: string;
  readonly certificate: string;
}

export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function toPem(key: webcrypto.CryptoKey, certificate: x509.X509Certificate): Promise<KeyAndCertificate> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    privateKey: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
  };
}

export async function signingKeyFrom(pem: string): Promise<webcrypto.CryptoKey> {
  try {
    const [pkcs8] = x509.PemConverter.decode(pem);
    if (pkcs8 === undefined) throw new ExpectedError('it holds no key');
    return await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  } catch (cause) {
    throw new ExpectedError('The private key of a certificate authority cannot be used', {
      cause,
      hint: 'It must be a PEM file with an unencrypted EC P-256 key in PKCS#8 form.',
    });
  }
}
