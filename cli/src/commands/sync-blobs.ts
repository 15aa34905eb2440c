import { syncBlobs as sync } from '@boti/release';
import { localCommand } from '../command.ts';
import { dirOption, releaseDirectory } from '../releases/release-directory.ts';

export const syncBlobs = localCommand({
  name: 'sync-blobs',
  summary: "Fetch the blobs that config/blobs.yml lists, delete those that it doesn't",
  options: dirOption,

  async run(context, { dir }) {
    await sync(releaseDirectory(context, dir));
  },
});
