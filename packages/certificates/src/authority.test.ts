import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
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

test('a key of another kind is refused with a hint', async () => {
  const { certificate } = await createAuthority('test-ca', { days: 3 });

  await assert.rejects(openAuthority({ certificate, privateKey: 'no key' }), { hint: /EC P-256/ });
});
