import { resolve } from 'node:path';
import { addBlob as add } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption } from '../releases/release-directory.ts';

export const addBlob = localCommand({
  name: 'add-blob',
  summary: 'Add a file to the blobs of a release directory',
  args: { path: argument('PATH'), blobsPath: argument('BLOBS-PATH') },
  options: dirOption,

  async run({ ui, signal }, { dir, path, blobsPath }) {
    await add(resolve(dir), path, blobsPath, signal);
    ui.line(`Added blob '${blobsPath}'`);
  },
});
