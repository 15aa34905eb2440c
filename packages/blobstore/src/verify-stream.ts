import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { type DigestAlgorithm, DigestMismatch, formatDigest, parseDigests } from '@boti/core';

const strength: readonly DigestAlgorithm[] = ['sha1', 'sha256', 'sha512'];

/** Passes everything on and fails at the end unless it had the strongest of the digests in `expected`. */
function verifyStream(expected: string, what: string): Transform {
  const strongest = parseDigests(expected).toSorted((a, b) => rank(b.algorithm) - rank(a.algorithm))[0];
  if (strongest === undefined) throw new Error(`No digest in '${expected}'`);
  const { algorithm, hex } = strongest;
  const hash = createHash(algorithm);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const actual = hash.digest('hex');
      const matches = actual === hex;
      done(matches ? null : new DigestMismatch(what, formatDigest(algorithm, hex), formatDigest(algorithm, actual)));
    },
  });
}

function rank(algorithm: DigestAlgorithm): number {
  return strength.indexOf(algorithm);
}

/** The stream itself, or the stream checked against a blob's digest. */
export function throughDigest(stream: Readable, id: string, digest: string | undefined): Readable {
  if (digest === undefined) return stream;
  const verified = verifyStream(digest, `Blob '${id}'`);
  // A failure on either side ends both; the reader of `verified` sees it.
  pipeline(stream, verified, () => undefined);
  return verified;
}
