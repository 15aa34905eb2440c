import { ExpectedError } from '@boti/core';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';

export const cloudConfig = directorCommand({
  name: 'cloud-config',
  aliases: ['cc'],
  summary: 'Show the cloud config',
  options: { name: text('Name of the config (default "default")') },

  async run({ ui, director }, { name }) {
    const content = await director.legacyConfigs.latest('cloud', name);
    if (content === undefined)
      throw new ExpectedError('No cloud config', { hint: "Store one with 'boti update-cloud-config'." });
    ui.block(content);
  },
});
