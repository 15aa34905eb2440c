import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ExpectedError } from './errors.ts';

export const digestAlgorithms = ['sha1', 'sha256', 'sha512'] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** The content does not have the digest that was promised. */
export class DigestMismatch extends ExpectedError {
  readonly expected: string;
  readonly actual: string;

  constructor(what: string, expected: string, actual: string) {
    super(`${what} has the digest '${actual}', expected '${expected}'`, {
      hint: 'The content was damaged or replaced on its way. Fetch it again, or correct the digest.',
    });
    this.expected = expected;
    this.actual = actual;
  }
}

interface Digest {
  readonly algorithm: DigestAlgorithm;
  readonly hex: string;
}

/**
 * Parses BOSH's digest text: `hex` (SHA-1) or `algo:hex`, several joined by `;`. Unknown algorithms are skipped.
 * Source: bosh-utils/crypto.
 */
export function parseDigests(text: string): readonly Digest[] {
  const seen = new Set<string>();
  const digests: Digest[] = [];
  for (const part of text.split(';')) {
    const [left = '', right] = part.trim().split(':', 2);
    const [algorithm, hex] = right === undefined ? ['sha1', left] : [left, right];
    if (seen.has(algorithm)) throw new ExpectedError(`Digest '${text}' names ${algorithm} twice`);
    seen.add(algorithm);
    if (!isDigestAlgorithm(algorithm)) continue;
    if (!/^[0-9a-f]+$/i.test(hex)) throw new ExpectedError(`Digest '${text}' is not hexadecimal`);
    digests.push({ algorithm, hex: hex.toLowerCase() });
  }
  if (digests.length === 0) throw new ExpectedError(`Digest '${text}' names no known algorithm (sha1, sha256, sha512)`);
  return digests;
}

/** BOSH's spelling of a digest: bare hex for SHA-1, `algo:hex` for the others. */
export function formatDigest(algorithm: DigestAlgorithm, hex: string): string {
  return algorithm === 'sha1' ? hex : `${algorithm}:${hex}`;
}

export function digestOf(content: string | Uint8Array, algorithm: DigestAlgorithm = 'sha256'): string {
  return formatDigest(algorithm, createHash(algorithm).update(content).digest('hex'));
}

export async function digestOfFile(path: string, algorithm: DigestAlgorithm = 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  await feed(hash, path);
  return formatDigest(algorithm, hash.digest('hex'));
}

/** Throws DigestMismatch unless the file has the strongest of the digests in `expected`. */
export async function verifyFileDigest(path: string, expected: string, what = path): Promise<void> {
  const { algorithm, hex } = strongestDigest(expected);
  const actual = await digestOfFile(path, algorithm);
  if (actual !== formatDigest(algorithm, hex)) throw new DigestMismatch(what, formatDigest(algorithm, hex), actual);
}

export function verifyDigest(content: string | Uint8Array, expected: string, what: string): void {
  const { algorithm, hex } = strongestDigest(expected);
  const actual = digestOf(content, algorithm);
  if (actual !== formatDigest(algorithm, hex)) throw new DigestMismatch(what, formatDigest(algorithm, hex), actual);
}

/** Of the digests in BOSH's text the one to verify by. */
export function strongestDigest(text: string): Digest {
  const order = (digest: Digest): number => digestAlgorithms.indexOf(digest.algorithm);
  return parseDigests(text).reduce((best, digest) => (order(digest) > order(best) ? digest : best));
}

function isDigestAlgorithm(text: string): text is DigestAlgorithm {
  return digestAlgorithms.includes(text as DigestAlgorithm);
}

/** One buffer for the whole file, no larger than it: new ones for each piece would keep the garbage collector busy. */
async function feed(hash: Hash, path: string): Promise<void> {
  await using file = await open(path);
  const found = await file.stat();
  const buffer = Buffer.allocUnsafe(found.isFile() && found.size > 0 ? Math.min(1 << 18, found.size + 1) : 1 << 18);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    hash.update(buffer.subarray(0, bytesRead));
  }
}
