import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag, text, textOr } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { uploadRelease as upload, uploadReleaseDirectory } from '../releases/upload-release.ts';

export const uploadRelease = directorCommand({
  name: 'upload-release',
  aliases: ['ur'],
  summary: 'Upload a release: a tarball, a URL, or the newest release of a release directory',
  args: { location: optionalArgument('URL-OR-PATH') },
  options: {
    dir: textOr('.', 'Release directory', { placeholder: 'DIR' }),
    rebase: flag("Number it after the Director's newest version"),
    fix: flag('Replace jobs and packages that exist'),
    name: text('Name, to skip the upload of an existing release'),
    version: text('Version, to skip the upload of an existing release'),
    sha1: text('Digest of the tarball at the URL'),
    stemcell: text('Skip the upload only if it is compiled for this stemcell', { placeholder: 'OS/VERSION' }),
  },

  async run(context, { location, dir, ...options }) {
    if (location === undefined) await uploadReleaseDirectory(context, dir, options);
    else await upload(context, location, options);
  },
});
