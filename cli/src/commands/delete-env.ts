import { deleteEnv } from '@boti/create-env';
import { argument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { environmentFlags, environmentOptions, packageDirFlag } from '../environment/environment-options.ts';

export const deleteEnvironment = localCommand({
  name: 'delete-env',
  summary: 'Delete what create-env has made: VM, persistent disk and stemcell',
  args: { manifest: argument('PATH') },
  options: {
    ...environmentFlags,
    skipDrain: flag('Do not drain the jobs'),
    packageDir: packageDirFlag,
  },

  async run(context, { skipDrain, ...input }) {
    await deleteEnv({ ...(await environmentOptions(context, input)), skipDrain });
  },
});
