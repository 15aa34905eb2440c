import { flag } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { formatBytes, formatTime } from '../ui/formats.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';
import { UsageError } from '../usage-error.ts';

export const disks = directorCommand({
  name: 'disks',
  summary: 'List orphaned disks',
  options: { orphaned: flag('Required: the only kind that can be listed', { short: 'o' }) },

  async run({ ui, director }, { orphaned }) {
    if (!orphaned) throw new UsageError('Only --orphaned is supported');
    const found = sortedBy(
      await director.disks.orphaned(),
      byText(({ orphaned_at }) => orphaned_at),
    ).reverse();
    ui.table({
      content: 'disks',
      header: ['Disk CID', 'Size', 'Deployment', 'Instance', 'AZ', 'Orphaned At'],
      rows: found.map((disk) => [
        disk.disk_cid,
        formatBytes(disk.size * 1024 * 1024),
        disk.deployment_name,
        disk.instance_name,
        disk.az ?? '',
        formatTime(disk.orphaned_at),
      ]),
    });
  },
});
