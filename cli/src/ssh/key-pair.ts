import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

export interface SshKeyPair {
  /** PEM. */
  readonly privateKey: string;
  /** As in `authorized_keys`. */
  readonly publicKey: string;
}

/** RSA with 2048 bits, as upstream makes for each session. */
export async function createSshKeyPair(): Promise<SshKeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const parts = [Buffer.from('ssh-rsa'), unsigned(e), unsigned(n)];
  return {
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKey: `ssh-rsa ${Buffer.concat(parts.map(withLength)).toString('base64')}`,
  };
}

/** A big number of the SSH wire format: a leading zero byte keeps it from being negative. */
function unsigned(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
