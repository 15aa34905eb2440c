import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { OrderedMap } from '../../yaml/yaml-value.ts';

const makeKeyPair = promisify(generateKeyPair);
const modulusLength = 2048;

/** An RSA key pair in PEM: PKCS#1 private key, SPKI public key. */
export async function generateRsa(): Promise<OrderedMap> {
  const { privateKey, publicKey } = await makeKeyPair('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return new OrderedMap([
    ['private_key', privateKey],
    ['public_key', publicKey],
  ]);
}

/** An SSH key pair: PEM private key, `ssh-rsa …` line, MD5 fingerprint. */
export async function generateSsh(): Promise<OrderedMap> {
  const { privateKey, publicKey } = await makeKeyPair('rsa', { modulusLength });
  const blob = sshBlob(publicKey.export({ format: 'jwk' }));
  const fingerprint = createHash('md5').update(blob).digest('hex').match(/../g) ?? [];
  return new OrderedMap([
    ['private_key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['public_key', `ssh-rsa ${blob.toString('base64')}\n`],
    ['public_key_fingerprint', fingerprint.join(':')],
  ]);
}

/** The wire form of an RSA public key (RFC 4253 §6.6). */
function sshBlob({ e = '', n = '' }: { readonly e?: string; readonly n?: string }): Buffer {
  const fields = [Buffer.from('ssh-rsa'), unsigned(Buffer.from(e, 'base64url')), unsigned(Buffer.from(n, 'base64url'))];
  return Buffer.concat(fields.flatMap((field) => [lengthOf(field), field]));
}

function unsigned(bytes: Buffer): Buffer {
  return ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}
