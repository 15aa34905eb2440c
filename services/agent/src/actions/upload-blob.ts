import { verifyDigest, writeFileAtomic } from '@boti/core';
import type { Action, Deps } from './action.ts';

/** Takes a small blob (rendered templates) over the bus itself. */
export function uploadBlob({ blobs, dirs, ownership }: Deps): Action<'upload_blob'> {
  return {
    name: 'upload_blob',
    mode: 'async',
    minArgs: 1,
    secret: true,
    async run([{ blob_id: id, checksum, payload }]) {
      const content = Buffer.from(payload, 'base64');
      verifyDigest(content, checksum, `Blob ${id}`);
      await ownership.makeDir(dirs.sensitiveBlobs, 0o700);
      await writeFileAtomic(blobs.sensitivePath(id), content, 0o600);
      return id;
    },
  };
}
