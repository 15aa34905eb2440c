import type { Config } from '@boti/director-api';
import { optionalInteger, text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';

export const configs = directorCommand({
  name: 'configs',
  aliases: ['cs'],
  summary: 'List configs',
  options: {
    type: text('Only configs of this type'),
    name: text('Only configs of this name'),
    recent: optionalInteger(1, 'Show this many versions of each', { short: 'r' }),
  },

  async run({ ui, director }, { type, name, recent = 1 }) {
    const found = await director.configs.list({ type, name, latest: recent === 1, limit: recent });
    const isActive = (config: Config): boolean => config.current ?? recent === 1;
    ui.table({
      content: 'configs',
      header: ['ID', 'Type', 'Name', 'Team', 'Created At'],
      rows: found.map((config) => [
        `${config.id}${isActive(config) ? '*' : ''}`,
        config.type,
        config.name,
        config.team ?? '',
        config.created_at,
      ]),
      notes: [
        ...(found.some(isActive) ? ['(*) Currently active'] : []),
        ...(recent > 1 ? [] : ['Only showing active configs. To see older versions use the --recent=10 option.']),
      ],
    });
  },
});
