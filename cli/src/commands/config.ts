import { ExpectedError } from '@boti/core';
import type { Config, DirectorClient } from '@boti/director-api';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { configTable } from '../ui/config-table.ts';
import { UsageError } from '../usage-error.ts';

export const config = directorCommand({
  name: 'config',
  aliases: ['c'],
  summary: 'Show a config by its ID, or the newest of a type and name',
  args: { id: optionalArgument('ID') },
  options: { type: text('Type of config'), name: text('Name of config') },

  async run({ ui, director }, { id, type, name }) {
    const isByName = type !== undefined || name !== undefined;
    if ((id === undefined) === !isByName)
      throw new UsageError('Either <ID> or parameters --type and --name must be provided');
    ui.table(configTable(id === undefined ? await newest(director, { type, name }) : await director.configs.get(id)));
  },
});

async function newest(
  director: DirectorClient,
  { type, name }: { type: string | undefined; name: string | undefined },
): Promise<Config> {
  if (type === undefined) throw new UsageError('Need to specify --type with --name');
  const [found] = await director.configs.list({ type, name: name ?? 'default', latest: true, limit: 1 });
  if (found === undefined) throw new ExpectedError('No config', { hint: "'boti configs' lists them." });
  return found;
}
