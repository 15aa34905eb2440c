import { createPrivateKey, webcrypto } from 'node:crypto';
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

/** How an authority's key signs. */
export type SigningAlgorithm = typeof algorithm | { readonly name: 'RSASSA-PKCS1-v1_5'; readonly hash: 'SHA-256' };

export interface SigningKey {
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: SigningAlgorithm;
}

/** Of a PEM text: EC P-256, as ours are, or RSA, as those of variables are, in PKCS#8 or PKCS#1. */
export async function signingKeyFrom(pem: string): Promise<SigningKey> {
  try {
    const key = createPrivateKey(pem);
    const own: SigningAlgorithm =
      key.asymmetricKeyType === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : algorithm;
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
    return { key: await webcrypto.subtle.importKey('pkcs8', pkcs8, own, false, ['sign']), algorithm: own };
  } catch (cause) {
    throw new ExpectedError('The private key of a certificate authority cannot be used', {
      cause,
      hint: 'It must be a PEM file with an unencrypted EC P-256 or RSA key.',
    });
  }
}
