import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';

export const unaliasEnv = localCommand({
  name: 'unalias-env',
  summary: 'Forget a Director',
  args: { alias: argument('ALIAS') },

  async run({ config }, { alias }) {
    await config.removeAlias(alias);
  },
});
