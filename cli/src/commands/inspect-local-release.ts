import { verifyRelease } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { showRelease } from '../releases/show-release.ts';

export const inspectLocalRelease = localCommand({
  name: 'inspect-local-release',
  summary: 'Show jobs and packages of a release tarball',
  args: { path: argument('PATH-TO-RELEASE') },

  async run({ ui, signal }, { path }) {
    showRelease(ui, await verifyRelease(path, signal), path);
  },
});
