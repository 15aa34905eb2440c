import { stopEnv } from '@boti/create-env';
import { argument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { environmentFlags, environmentOptions } from '../environment/environment-options.ts';

export const stopEnvironment = localCommand({
  name: 'stop-env',
  summary: 'Stop the jobs on the VM that create-env has made',
  args: { manifest: argument('PATH') },
  options: { ...environmentFlags, skipDrain: flag('Do not drain the jobs') },

  async run(context, { skipDrain, ...input }) {
    await stopEnv({ ...(await environmentOptions(context, input)), skipDrain });
  },
});
