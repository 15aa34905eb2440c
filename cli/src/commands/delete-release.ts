import { argument } from '../arguments/argument-spec.ts';
import { flag } from '../arguments/option-spec.ts';
import { parseVersionSlug } from '../arguments/slugs.ts';
import { directorCommand } from '../command.ts';

export const deleteRelease = directorCommand({
  name: 'delete-release',
  aliases: ['delr'],
  summary: 'Delete a release, or one version of it',
  args: { slug: argument('NAME[/VERSION]') },
  options: { force: flag('Go on after errors') },

  async run({ ui, director, followTask }, { slug, force }) {
    const { name, version } = slug.includes('/') ? parseVersionSlug(slug) : { name: slug, version: undefined };
    await ui.confirm();
    await followTask(await director.releases.delete(name, version, force));
  },
});
