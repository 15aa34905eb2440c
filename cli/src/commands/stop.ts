import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { deploymentCommand } from '../command.ts';
import { changeState, convergeOptions } from '../instances/change-state.ts';

export const stop = deploymentCommand({
  name: 'stop',
  summary: 'Stop instances, with --hard their VMs too',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]') },
  options: {
    soft: flag('Stop processes only (the default)'),
    hard: flag('Delete the VMs too'),
    skipDrain: flag('Stop without draining'),
    ...convergeOptions,
  },

  async run(context, { slug, soft: _, hard, skipDrain, ...flags }) {
    await changeState(
      context,
      slug,
      { action: 'stop', state: hard ? 'detached' : 'stopped', options: { skipDrain }, hard },
      flags,
    );
  },
});
