import { directorCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';
import { versionLines } from '../ui/version-lines.ts';

export const deployments = directorCommand({
  name: 'deployments',
  aliases: ['ds', 'deps'],
  summary: 'List deployments',

  async run({ ui, director }) {
    const found = sortedBy(
      await director.deployments.list({ withConfigs: false }),
      byText(({ name }) => name),
    );
    ui.table({
      content: 'deployments',
      header: ['Name', 'Release(s)', 'Stemcell(s)', 'Team(s)'],
      rows: found.map((one) => [
        one.name,
        versionLines(one.releases),
        versionLines(one.stemcells),
        one.teams.join('\n'),
      ]),
    });
  },
});
