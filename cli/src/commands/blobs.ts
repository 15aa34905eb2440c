import { resolve } from 'node:path';
import { listBlobs } from '@boti/release';
import { localCommand } from '../command.ts';
import { dirOption } from '../releases/release-directory.ts';
import { formatBytes } from '../ui/formats.ts';

export const blobs = localCommand({
  name: 'blobs',
  summary: 'List the blobs of a release directory',
  options: dirOption,

  async run({ ui }, { dir }) {
    const rows = (await listBlobs(resolve(dir))).map(({ path, size, objectId = '(local)', sha }) => [
      path,
      formatBytes(size),
      objectId,
      sha,
    ]);
    ui.table({ content: 'blobs', header: ['Path', 'Size', 'Blobstore ID', 'Digest'], rows });
  },
});
