import { ExpectedError } from '@boti/core';
import { directorCommand } from '../command.ts';

export const cpiConfig = directorCommand({
  name: 'cpi-config',
  summary: 'Show the CPI config',

  async run({ ui, director }) {
    const content = await director.legacyConfigs.latest('cpi');
    if (content === undefined)
      throw new ExpectedError('No CPI config', { hint: "Store one with 'boti update-cpi-config'." });
    ui.block(content);
  },
});
