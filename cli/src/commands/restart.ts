import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { deploymentCommand } from '../command.ts';
import { changeState, convergeOptions } from '../instances/change-state.ts';

export const restart = deploymentCommand({
  name: 'restart',
  summary: 'Restart instances',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]') },
  options: {
    skipDrain: flag('Stop without draining'),
    ...convergeOptions,
  },

  async run(context, { slug, skipDrain, ...flags }) {
    await changeState(context, slug, { action: 'restart', state: 'restart', options: { skipDrain } }, flags);
  },
});
