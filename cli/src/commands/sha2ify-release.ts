import { convertDigests } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { showRelease } from '../releases/show-release.ts';

export const sha2ifyRelease = localCommand({
  name: 'sha2ify-release',
  summary: 'Write a copy of a release tarball with SHA-256 digests',
  args: { path: argument('PATH'), destination: argument('DESTINATION') },

  async run({ ui, signal }, { path, destination }) {
    showRelease(ui, await convertDigests(path, destination, { algorithm: 'sha256', signal }), destination);
  },
});
