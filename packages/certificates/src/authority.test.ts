import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { createAuthority, openAuthority } from './authority.ts';

const request = {
  commonName: 'web',
  alternativeNames: ['web.example', '127.0.0.1'],
  usages: ['server'],
  days: 2,
} as const;

test('a certificate names its owner and is signed by its authority', async () => {
  const ca = await createAuthority('test-ca', { days: 3 });

  const issued = await ca.issue(request);

  const certificate = new X509Certificate(issued.certificate);
  assert.equal(certificate.subject, 'C=USA\nO=Cloud Foundry\nCN=web');
  assert.ok(certificate.verify(new X509Certificate(ca.certificate).publicKey));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(issued.privateKey)));
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(certificate.checkHost('web.example'), 'web.example');
});

test('an authority that is opened again signs as before', async () => {
  const ca = await createAuthority('test-ca', { days: 3 });

  const issued = await (await openAuthority(ca)).issue(request);

  assert.ok(new X509Certificate(issued.certificate).verify(new X509Certificate(ca.certificate).publicKey));
});

test('an authority with an RSA key signs too, in either form of its key', async () => {
  const { ca, pkcs1 } = await rsaAuthority();

  for (const privateKey of [ca.privateKey, pkcs1]) {
    const issued = await (await openAuthority({ ...ca, privateKey })).issue(request);
    assert.ok(new X509Certificate(issued.certificate).verify(new X509Certificate(ca.certificate).publicKey));
  }
});

test('a key of another kind is refused with a hint', async () => {
  const { certificate } = await createAuthority('test-ca', { days: 3 });

  await assert.rejects(openAuthority({ certificate, privateKey: 'no key' }), { hint: /EC P-256/ });
});

async function rsaAuthority() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signingAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, signingAlgorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, signingAlgorithm, true, ['verify']),
  };
  x509.cryptoProvider.set(webcrypto);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=rsa', keys, signingAlgorithm });
  const pem = (type: 'pkcs1' | 'pkcs8'): string => privateKey.export({ type, format: 'pem' }).toString();
  return { ca: { privateKey: pem('pkcs8'), certificate: certificate.toString('pem') }, pkcs1: pem('pkcs1') };
}
