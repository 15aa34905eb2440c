import { resolve } from 'node:path';
import { generateJob as generate } from '@boti/release';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { dirOption } from '../releases/release-directory.ts';

export const generateJob = localCommand({
  name: 'generate-job',
  summary: 'Make an empty job in a release directory',
  args: { name: argument('NAME') },
  options: dirOption,

  async run(_context, { dir, name }) {
    await generate(resolve(dir), name);
  },
});
