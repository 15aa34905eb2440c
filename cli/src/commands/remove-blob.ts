import { resolve } from 'node:path';
import { removeBlob as remove } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption } from '../releases/release-directory.ts';

export const removeBlob = localCommand({
  name: 'remove-blob',
  summary: 'Take a file out of the blobs of a release directory',
  args: { blobsPath: argument('BLOBS-PATH') },
  options: dirOption,

  async run({ ui }, { dir, blobsPath }) {
    await remove(resolve(dir), blobsPath);
    ui.line(`Removed blob '${blobsPath}'`);
  },
});
