import { resolve } from 'node:path';
import { initRelease as init } from '@boti/release';
import { flag } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption } from '../releases/release-directory.ts';

export const initRelease = localCommand({
  name: 'init-release',
  summary: 'Make an empty release directory',
  options: { ...dirOption, git: flag('Write a .gitignore too') },

  async run(_context, { dir, git }) {
    await init(resolve(dir), { git });
  },
});
