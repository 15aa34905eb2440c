import { optionalArgument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';

/** Answered before any command runs (run-program.ts); stands here so that it is listed. */
export const help = localCommand({
  name: 'help',
  summary: 'Show the commands, or the options of one',
  args: { command: optionalArgument('COMMAND') },
  async run() {},
});
