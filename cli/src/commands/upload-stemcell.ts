import { argument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { uploadStemcell as upload } from '../stemcells/upload-stemcell.ts';

export const uploadStemcell = directorCommand({
  name: 'upload-stemcell',
  aliases: ['us'],
  summary: 'Upload a stemcell',
  args: { location: argument('URL-OR-PATH') },
  options: {
    fix: flag('Replace the stemcell if it exists'),
    name: text('Name, to skip the upload of an existing stemcell'),
    version: text('Version, to skip the upload of an existing stemcell'),
    sha1: text('Digest of the tarball at the URL'),
  },

  async run(context, { location, ...options }) {
    await upload(context, location, options);
  },
});
