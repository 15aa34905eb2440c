import { uploadBlobs as upload } from '@boti/release';
import { localCommand } from '../command.ts';
import { dirOption, releaseDirectory } from '../releases/release-directory.ts';

export const uploadBlobs = localCommand({
  name: 'upload-blobs',
  summary: 'Upload the blobs that are not in the blobstore yet',
  options: dirOption,

  async run(context, { dir }) {
    await upload(releaseDirectory(context, dir));
  },
});
