import { resolve } from 'node:path';
import { resetRelease as reset } from '@boti/release';
import { localCommand } from '../command.ts';
import { dirOption } from '../releases/release-directory.ts';

export const resetRelease = localCommand({
  name: 'reset-release',
  summary: 'Remove dev releases, dev builds and fetched blobs from a release directory',
  options: dirOption,

  async run(_context, { dir }) {
    await reset(resolve(dir));
  },
});
