import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { DigestMismatch, formatDigest, strongestDigest } from '@boti/core';

export interface DigestCheck {
  update(chunk: Buffer): void;
  /** Throws DigestMismatch unless all of it had the strongest of the expected digests. */
  end(): void;
}

export function startDigestCheck(expected: string, what: string): DigestCheck {
  const { algorithm, hex } = strongestDigest(expected);
  const hash = createHash(algorithm);
  return {
    update: (chunk) => void hash.update(chunk),
    end() {
      const actual = hash.digest('hex');
      if (actual !== hex) throw new DigestMismatch(what, formatDigest(algorithm, hex), formatDigest(algorithm, actual));
    },
  };
}

/** Passes everything on and fails at the end unless it had the digest. */
function verifyStream(expected: string, what: string): Transform {
  const check = startDigestCheck(expected, what);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      check.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      try {
        check.end();
        done();
      } catch (error) {
        done(error as Error);
      }
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
