import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { deploymentCommand } from '../command.ts';
import { changeState, convergeOptions } from '../instances/change-state.ts';

export const recreate = deploymentCommand({
  name: 'recreate',
  summary: 'Recreate the VMs of instances',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]') },
  options: {
    skipDrain: flag('Stop without draining'),
    fix: flag('Recreate VMs whose agent does not answer'),
    vmsCreatedBefore: text('Only VMs made before this time', { placeholder: 'RFC3339' }),
    dryRun: flag('Plan only'),
    ...convergeOptions,
  },

  async run(context, { slug, skipDrain, fix, vmsCreatedBefore, dryRun, ...flags }) {
    await changeState(
      context,
      slug,
      { action: 'recreate', state: 'recreate', options: { skipDrain, fix, vmsCreatedBefore, dryRun } },
      flags,
    );
  },
});
