import 'reflect-metadata';
import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { type Clock, ExpectedError, systemClock } from '@boti/core';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { z } from 'zod';
import { isMap, OrderedMap, type YamlValue } from '../../yaml/yaml-value.ts';
import type { LookUpVariable } from './generate-value.ts';
import { parseOptions } from './parse-options.ts';

const usages = { server_auth: ExtendedKeyUsage.serverAuth, client_auth: ExtendedKeyUsage.clientAuth } as const;
const keyLengths = [2048, 3072, 4096] as const;
const defaultKeyLength = 3072;
const defaultDays = 365;

const schema = z.strictObject({
  common_name: z.string().nullish(),
  organization: z.string().nullish(),
  alternative_names: z.array(z.string()).nullish(),
  is_ca: z.boolean().nullish(),
  /** The variable whose certificate signs this one. */
  ca: z.string().nullish(),
  extended_key_usage: z.array(z.enum(['server_auth', 'client_auth'])).nullish(),
  duration: z.number().nullish(),
  key_length: z.literal(keyLengths).nullish(),
});
type CertificateOptions = z.output<typeof schema>;

const signing = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const makeKeyPair = promisify(generateKeyPair);

/** A certificate with its key and the CA's certificate, in PEM. A CA without `ca` signs itself. */
export async function generateCertificate(
  rawOptions: YamlValue,
  lookUp: LookUpVariable,
  clock: Clock = systemClock,
): Promise<OrderedMap> {
  const options = parseOptions(schema, rawOptions);
  const isSelfSigned = options.is_ca === true && !options.ca;
  const issuer = isSelfSigned ? undefined : await loadIssuer(options.ca ?? '', lookUp);
  const pair = await makeKeyPair('rsa', { modulusLength: options.key_length ?? defaultKeyLength });
  const notBefore = clock.now();
  const subject = subjectOf(options);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.concat([Buffer.from([1]), randomBytes(15)]).toString('hex'),
    subject,
    issuer: issuer?.certificate.subjectName ?? subject,
    notBefore,
    notAfter: new Date(notBefore.getTime() + daysOf(options) * 24 * 3600 * 1000),
    signingAlgorithm: signing,
    publicKey: publicCryptoKey(pair.publicKey),
    signingKey: privateCryptoKey(issuer?.key ?? pair.privateKey),
    extensions: await extensionsOf(options, pair.publicKey, issuer?.certificate),
  });
  const pem = `${certificate.toString('pem')}\n`;
  return new OrderedMap([
    ['certificate', pem],
    ['private_key', pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['ca', issuer === undefined ? pem : issuer.pem],
  ]);
}

function subjectOf({ common_name: commonName, organization }: CertificateOptions): Name {
  // Up to 7.1.2 upstream wrote USA, which is no country code.
  const parts = [{ C: [{ printableString: 'US' }] }, { O: [{ printableString: organization || 'Cloud Foundry' }] }];
  return new Name(commonName ? [...parts, { CN: [textIn(commonName)] }] : parts);
}

function textIn(text: string): { readonly printableString: string } | { readonly utf8String: string } {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? { printableString: text } : { utf8String: text };
}

/** Whole days; 365 unless more than none are asked for. */
function daysOf({ duration }: CertificateOptions): number {
  const days = Math.trunc(duration ?? 0);
  return days > 0 ? days : defaultDays;
}

async function extensionsOf(
  options: CertificateOptions,
  publicKey: KeyObject,
  issuer: X509Certificate | undefined,
): Promise<Extension[]> {
  const isCa = options.is_ca === true;
  const own = publicCryptoKey(publicKey);
  const extensions: Extension[] = [
    new KeyUsagesExtension(
      isCa
        ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
        : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment,
      true,
    ),
  ];
  // BOSH: a CA gets neither extended key usage nor alternative names, whatever is asked for.
  if (!isCa) extensions.push(new ExtendedKeyUsageExtension(extendedUsages(options)));
  extensions.push(
    new BasicConstraintsExtension(isCa, undefined, true),
    await SubjectKeyIdentifierExtension.create(own),
  );
  const identifier = await keyIdentifierOf(issuer, own);
  if (identifier !== undefined) extensions.push(new AuthorityKeyIdentifierExtension(identifier));
  const names = isCa ? [] : alternativeNames(options.alternative_names ?? []);
  if (names.length > 0) extensions.push(new SubjectAlternativeNameExtension(names));
  return extensions;
}

/** As its issuer calls its own key: there is more than one way to number keys, and programs compare. */
async function keyIdentifierOf(issuer: X509Certificate | undefined, own: CryptoKey): Promise<string | undefined> {
  if (issuer !== undefined) return issuer.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  return (await SubjectKeyIdentifierExtension.create(own)).keyId;
}

function extendedUsages({ extended_key_usage: wanted }: CertificateOptions): ExtendedKeyUsage[] {
  const given = (wanted ?? []).map((usage) => usages[usage]);
  return given.length === 0 ? [usages.server_auth] : given;
}

/** Names before addresses, as upstream writes them. */
function alternativeNames(names: readonly string[]): { readonly type: 'dns' | 'ip'; readonly value: string }[] {
  const typed = names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  return [...typed.filter(({ type }) => type === 'dns'), ...typed.filter(({ type }) => type === 'ip')];
}

interface Issuer {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly key: KeyObject;
}

async function loadIssuer(ca: string, lookUp: LookUpVariable): Promise<Issuer> {
  if (ca === '') {
    throw new ExpectedError(
      "missing required CA name: a certificate needs 'ca: NAME', or 'is_ca: true' to sign itself",
    );
  }
  const value = await lookUp(ca);
  if (value === undefined) {
    throw new ExpectedError(`its CA '${ca}' is neither given nor defined before it`, {
      hint: `Define '${ca}' further up under 'variables', with type certificate and options {is_ca: true}.`,
    });
  }
  const [pem, key] = isMap(value) ? [value.get('certificate'), value.get('private_key')] : [];
  try {
    if (typeof pem !== 'string' || typeof key !== 'string') throw new Error('it needs certificate and private_key');
    return { certificate: new X509Certificate(pem), pem, key: createPrivateKey(key) };
  } catch (cause) {
    throw new ExpectedError(`its CA '${ca}' is no certificate with a key in PEM`, { cause });
  }
}

function publicCryptoKey(key: KeyObject): CryptoKey {
  return key.toCryptoKey(signing, true, ['verify']);
}

function privateCryptoKey(key: KeyObject): CryptoKey {
  return key.toCryptoKey(signing, false, ['sign']);
}
