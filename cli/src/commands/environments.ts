import { localCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const environments = localCommand({
  name: 'environments',
  aliases: ['envs'],
  summary: 'List the known Directors',

  async run({ ui, config }) {
    const entries = sortedBy(
      await config.environments(),
      byText(({ url }) => url),
    );
    ui.table({
      content: 'environments',
      header: ['URL', 'Alias'],
      rows: entries.map(({ url, alias = '' }) => [url, alias]),
    });
  },
});
