import { optionalArgument } from '../arguments/argument-spec.ts';

import { deploymentCommand } from '../command.ts';
import { changeState, convergeOptions } from '../instances/change-state.ts';

export const start = deploymentCommand({
  name: 'start',
  summary: 'Start instances',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]') },
  options: {
    ...convergeOptions,
  },

  async run(context, { slug, ...flags }) {
    await changeState(context, slug, { action: 'start', state: 'started', options: {} }, flags);
  },
});
