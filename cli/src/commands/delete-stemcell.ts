import { argument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { parseVersionSlug } from '../arguments/slugs.ts';
import { directorCommand } from '../command.ts';

export const deleteStemcell = directorCommand({
  name: 'delete-stemcell',
  aliases: ['dels'],
  summary: 'Delete a stemcell',
  args: { slug: argument('NAME/VERSION') },
  options: { force: flag('Go on after errors of the cloud') },

  async run({ ui, director, followTask }, { slug, force }) {
    const { name, version } = parseVersionSlug(slug);
    await ui.confirm();
    await followTask(await director.stemcells.delete(name, version, force));
  },
});
