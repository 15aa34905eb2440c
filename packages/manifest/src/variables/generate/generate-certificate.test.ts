import 'reflect-metadata';
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate as NodeCertificate } from 'node:crypto';
import { test } from 'node:test';
import {
  AuthorityKeyIdentifierExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { YamlValue } from '../../yaml/yaml-value.ts';
import { generateCertificate } from './generate-certificate.ts';

const signing = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** An authority made by another program, which numbers its keys in its own way, or not at all. */
async function foreignAuthority(keyId: string | undefined): Promise<YamlValue> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=foreign',
    serialNumber: '01',
    keys: {
      publicKey: publicKey.toCryptoKey(signing, true, ['verify']),
      privateKey: privateKey.toCryptoKey(signing, true, ['sign']),
    },
    signingAlgorithm: signing,
    extensions: keyId === undefined ? [] : [new SubjectKeyIdentifierExtension(keyId)],
  });
  return new Map([
    ['certificate', certificate.toString('pem')],
    ['private_key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
  ]);
}

const leaf = new Map<string, YamlValue>([
  ['ca', 'foreign'],
  ['common_name', 'leaf'],
  ['key_length', 2048],
]);

for (const keyId of ['00112233445566778899aabbccddeeff00112233', undefined]) {
  test(`a certificate names its issuer's key as the issuer does: ${keyId ?? 'not at all'}`, async () => {
    const ca = await foreignAuthority(keyId);

    const made = await generateCertificate(leaf, async () => ca);

    const pem = String(made.get('certificate'));
    assert.equal(new X509Certificate(pem).getExtension(AuthorityKeyIdentifierExtension)?.keyId, keyId);
    assert.ok(
      new NodeCertificate(pem).checkIssued(new NodeCertificate(String((ca as Map<string, string>).get('certificate')))),
    );
  });
}
