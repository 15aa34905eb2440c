import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { verifyFileDigest } from '@boti/core';
import { type DirectorSession, during } from './director-session.ts';
import { type ByteProgress, countBytes } from './file-body.ts';
import { path } from './query-string.ts';

export interface Download {
  readonly blobId: string;
  readonly destination: string;
  /** Checked when given. */
  readonly digest?: string | undefined;
  readonly progress?: ByteProgress | undefined;
}

export function downloadsApi(session: DirectorSession) {
  return {
    /** Writes `<destination>.part` and renames it once it is complete and has the right digest. */
    async resource({ blobId, destination, digest, progress = () => undefined }: Download): Promise<void> {
      const partial = `${destination}.part`;
      await during(`Downloading resource '${blobId}'`, async () => {
        try {
          const reply = await session.send({ method: 'GET', path: path`/resources/${blobId}` });
          const total = Number(reply.headers['content-length'] ?? 0);
          await pipeline(reply.body, countBytes(total, progress), createWriteStream(partial));
          if (digest) await verifyFileDigest(partial, digest, destination);
          await rename(partial, destination);
        } finally {
          await rm(partial, { force: true });
        }
      });
    },
  };
}
