import { replyErrorIn } from '@boti/director-api';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const deleteConfig = directorCommand({
  name: 'delete-config',
  aliases: ['dc'],
  summary: 'Delete a config by its ID, or all versions of a type and name',
  args: { id: optionalArgument('ID') },
  options: { type: text('Type of config'), name: text('Name of config') },

  async run({ ui, director }, { id, type, name }) {
    const isByName = type !== undefined && name !== undefined;
    if ((id === undefined) === !isByName)
      throw new UsageError('Either <ID> or parameters --type and --name must be provided');
    await ui.confirm();
    try {
      if (id === undefined) await director.configs.deleteAll(type ?? '', name ?? '');
      else await director.configs.delete(id);
    } catch (error) {
      if (replyErrorIn(error)?.status !== 404) throw error;
      ui.line(
        id === undefined
          ? `No configs to delete: no matches for type '${type}' and name '${name}' found.`
          : `No configs to delete: no match for ID '${id}' found.`,
      );
    }
  },
});
