import { compareVersions } from '@boti/release';
import { directorCommand } from '../command.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const stemcells = directorCommand({
  name: 'stemcells',
  aliases: ['ss'],
  summary: 'List stemcells',

  async run({ ui, director }) {
    const found = sortedBy(
      await director.stemcells.list(),
      byText(({ name }) => name),
      (a, b) => compareVersions(b.version, a.version),
    );
    ui.table({
      content: 'stemcells',
      header: ['Name', 'Version', 'OS', 'CPI', 'CID'],
      rows: found.map((one) => [
        one.name,
        `${one.version}${one.deployments.length > 0 ? '*' : ''}`,
        one.operating_system,
        one.cpi ?? '',
        one.cid,
      ]),
      notes: ['(*) Currently deployed'],
    });
  },
});
