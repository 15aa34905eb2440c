import { createEnv } from '@boti/create-env';
import { argument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { environmentFlags, environmentOptions, packageDirFlag } from '../environment/environment-options.ts';

export const createEnvironment = localCommand({
  name: 'create-env',
  summary: 'Make or update a VM without a Director: how a Director comes to a new cloud',
  args: { manifest: argument('PATH') },
  options: {
    ...environmentFlags,
    recreate: flag('Make a new VM even if nothing has changed'),
    recreatePersistentDisks: flag('Make a new VM and a new persistent disk, and move the content'),
    skipDrain: flag('Do not drain the jobs of the old VM'),
    packageDir: packageDirFlag,
  },

  async run(context, { recreate, recreatePersistentDisks, skipDrain, ...input }) {
    const options = await environmentOptions(context, input);
    await createEnv({ ...options, recreate, recreatePersistentDisks, skipDrain });
  },
});
