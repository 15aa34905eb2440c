import { convertDigests } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { showRelease } from '../releases/show-release.ts';

export const sha1ifyRelease = localCommand({
  name: 'sha1ify-release',
  summary: 'Write a copy of a release tarball with SHA-1 digests',
  args: { path: argument('PATH'), destination: argument('DESTINATION') },

  async run({ ui, signal }, { path, destination }) {
    showRelease(ui, await convertDigests(path, destination, { algorithm: 'sha1', signal }), destination);
  },
});
