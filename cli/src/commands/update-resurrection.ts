import { argument } from '../arguments/argument-spec.ts';
import { directorCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

const on = ['true', 'yes', 'on', 'enable'];
const off = ['false', 'no', 'off', 'disable'];

export const updateResurrection = directorCommand({
  name: 'update-resurrection',
  summary: 'Switch the recreation of missing VMs on or off',
  args: { wanted: argument('on|off') },

  async run({ director }, { wanted }) {
    if (!on.includes(wanted) && !off.includes(wanted))
      throw new UsageError(`Expected 'on' or 'off' but was '${wanted}'`);
    await director.pauseResurrection(off.includes(wanted));
  },
});
