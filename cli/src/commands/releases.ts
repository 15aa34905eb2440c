import { compareVersions } from '@boti/release';
import { directorCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const releases = directorCommand({
  name: 'releases',
  aliases: ['rs'],
  summary: 'List releases',

  async run({ ui, director }) {
    const found = (await director.releases.list()).flatMap(({ name, release_versions }) =>
      release_versions.map((version) => ({ name, ...version })),
    );
    const sorted = sortedBy(
      found,
      byText(({ name }) => name),
      (a, b) => compareVersions(b.version, a.version),
    );
    ui.table({
      content: 'releases',
      header: ['Name', 'Version', 'Commit Hash'],
      rows: sorted.map((one) => [
        one.name,
        `${one.version}${one.currently_deployed ? '*' : ''}`,
        `${one.commit_hash ?? ''}${one.uncommitted_changes ? '+' : ''}`,
      ]),
      notes: ['(*) Currently deployed', '(+) Uncommitted changes'],
    });
  },
});
