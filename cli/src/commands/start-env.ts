import { startEnv } from '@boti/create-env';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { environmentFlags, environmentOptions } from '../environment/environment-options.ts';

export const startEnvironment = localCommand({
  name: 'start-env',
  summary: 'Start the jobs that stop-env has stopped',
  args: { manifest: argument('PATH') },
  options: environmentFlags,

  async run(context, input) {
    await startEnv(await environmentOptions(context, input));
  },
});
