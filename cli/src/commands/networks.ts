import { flag } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { formatTime } from '../ui/formats.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';
import { UsageError } from '../usage-error.ts';

export const networks = directorCommand({
  name: 'networks',
  summary: 'List orphaned networks',
  options: { orphaned: flag('Required: the only kind that can be listed', { short: 'o' }) },

  async run({ ui, director }, { orphaned }) {
    if (!orphaned) throw new UsageError('Only --orphaned is supported');
    const found = sortedBy(
      await director.disks.orphanedNetworks(),
      byText(({ name }) => name),
    );
    ui.table({
      content: 'networks',
      header: ['Name', 'Type', 'Created At', 'Orphaned At'],
      rows: found.map((one) => [one.name, one.type, formatTime(one.created_at), formatTime(one.orphaned_at)]),
    });
  },
});
