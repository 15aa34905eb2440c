import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { loadYaml } from '../src/index.ts';
import { describeCertificate } from './describe-certificate.ts';
import { type InterpolateCase, readCases, runInterpolate } from './run-interpolate.ts';

interface StoreCase extends InterpolateCase {
  /** The store afterwards, secrets masked. */
  readonly store?: string;
  readonly certificates?: Readonly<Record<string, unknown>>;
}

/** Recorded with CLI 7.1.2, which did not know `key_length`. */
const newerOptions = ['keylen-2048', 'keylen-3072', 'keylen-4096'];
const cases = (await readCases('vars-store.jsonl')) as readonly StoreCase[];

describe('vars-store generates as upstream', { concurrency: 2 }, () => {
  for (const given of cases.filter(({ name }) => name !== 'user' && !newerOptions.includes(name))) {
    test(given.name, async () => {
      const { stdout, exit, error, store } = await runInterpolate(given);

      assert.equal(exit, given.exit, error);
      if (exit === 0) assert.equal(masked(stdout), given.stdout);
      assert.equal(store === undefined ? undefined : masked(store), given.store);
      for (const [name, expected] of Object.entries(given.certificates ?? {})) {
        assert.deepEqual(certificateFact(store ?? '', name), inNewerWords(expected), name);
      }
    });
  }
});

describe('vars-store knows key_length as newer versions do', () => {
  for (const given of cases.filter(({ name }) => newerOptions.includes(name))) {
    test(given.name, async () => {
      const { exit, store } = await runInterpolate(given);

      assert.equal(exit, 0);
      const { bits } = certificateFact(store ?? '', 'l') as { bits: number };
      assert.equal(bits, Number(given.name.replace('keylen-', '')));
    });
  }
});

test('vars-store makes users, which upstream refuses', async () => {
  const given = cases.find(({ name }) => name === 'user');
  assert.ok(given);

  const { exit, store } = await runInterpolate(given);

  assert.notEqual(given.exit, 0);
  assert.equal(exit, 0);
  assert.match(store ?? '', /^u:\n {2}username: [a-z]{20}\n {2}password: \S{30}\n {2}password_hash: \$6\$/);
});

function masked(text: string): string {
  return text
    .replaceAll(/-----BEGIN ([A-Z ]+)-----.*?-----END \1-----/gs, '<pem $1>')
    .replaceAll(/ssh-rsa \S+/g, 'ssh-rsa <b64>')
    .replaceAll(/\b(?:[0-9a-f]{2}:){15}[0-9a-f]{2}\b/g, '<md5>')
    .replaceAll(/(^|: )[a-z0-9]{20}$/gm, '$1<20 chars>')
    .replaceAll(/: [a-z0-9]{40}$/gm, ': <40 chars [a-z0-9]>');
}

/** Newer versions write the country as ISO 3166 has it. */
function inNewerWords(expected: unknown): unknown {
  return JSON.parse(JSON.stringify(expected).replaceAll('C=USA', 'C=US'));
}

type CertificateValue = Readonly<Record<'certificate' | 'private_key' | 'ca', string>>;

function certificateFact(store: string, fact: string): unknown {
  const values = loadYaml(store) as Readonly<Record<string, CertificateValue>> & { readonly ca?: CertificateValue };
  const [name = '', question] = fact.split('#');
  const value = values[name];
  assert.ok(value, `no certificate '${name}' in the store`);
  if (question === undefined) return describeCertificate(value.certificate, maskName);
  if (question === 'ca_equals_certificate') return value.ca === value.certificate;
  if (question === 'ca_equals_store_ca') return value.ca === values.ca?.certificate;
  const bits = createPrivateKey(value.private_key).asymmetricKeyDetails?.modulusLength;
  return `Private-Key: (${bits} bit, 2 primes)`;
}

/** One recorded name holds a generated password. */
function maskName(name: string): string {
  return name.replace(/cn-[a-z0-9]{20}/, 'cn-<20 chars>');
}
