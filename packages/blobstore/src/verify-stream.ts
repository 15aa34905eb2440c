import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { DigestMismatch, formatDigest, strongestDigest } from '@boti/core';

/** Passes everything on and fails at the end unless it had the strongest of the digests in `expected`. */
function verifyStream(expected: string, what: string): Transform {
  const { algorithm, hex } = strongestDigest(expected);
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

/** The stream itself, or the stream checked against a blob's digest. */
export function throughDigest(stream: Readable, id: string, digest: string | undefined): Readable {
  if (digest === undefined) return stream;
  const verified = verifyStream(digest, `Blob '${id}'`);
  // A failure on either side ends both; the reader of `verified` sees it.
  pipeline(stream, verified, () => undefined);
  return verified;
}
