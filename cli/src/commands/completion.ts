import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';
import { completionScripts, type Shell, shells } from '../completion/scripts.ts';
import { UsageError } from '../usage-error.ts';

export const completion = localCommand({
  name: 'completion',
  summary: 'Print a script that completes commands, flags and names in a shell: bash, fish or zsh',
  args: { shell: argument('SHELL') },

  async run({ ui }, { shell }) {
    if (!isShell(shell)) {
      throw new UsageError(`There is no completion for '${shell}'`, { hint: `Use one of ${shells.join(', ')}.` });
    }
    ui.block(completionScripts[shell]);
  },
});

const isShell = (name: string): name is Shell => shells.includes(name as Shell);
