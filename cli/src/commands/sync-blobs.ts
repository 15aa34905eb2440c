import { syncBlobs as sync } from '@boti/release';
import { integerOr } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption, releaseDirectory } from '../releases/release-directory.ts';

export const syncBlobs = localCommand({
  name: 'sync-blobs',
  summary: "Fetch the blobs that config/blobs.yml lists, delete those that it doesn't",
  options: { ...dirOption, parallel: integerOr(5, 'Downloads at once', { placeholder: 'NUMBER' }) },

  async run(context, { dir, parallel }) {
    await sync({ ...releaseDirectory(context, dir), parallel });
  },
});
