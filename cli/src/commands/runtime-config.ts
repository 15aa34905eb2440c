import { ExpectedError } from '@boti/core';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';

export const runtimeConfig = directorCommand({
  name: 'runtime-config',
  aliases: ['rc'],
  summary: 'Show the runtime config',
  options: { name: text('Name of the config (default "default")') },

  async run({ ui, director }, { name }) {
    const content = await director.legacyConfigs.latest('runtime', name);
    if (content === undefined)
      throw new ExpectedError('No runtime config', { hint: "Store one with 'boti update-runtime-config'." });
    ui.block(content);
  },
});
