import { directorCommand } from '../command.ts';
import { formatTime } from '../ui/formats.ts';
import { byText, sortedBy } from '../ui/sort-rows.ts';

export const orphanedVms = directorCommand({
  name: 'orphaned-vms',
  summary: 'List VMs that wait to be deleted',

  async run({ ui, director }) {
    const found = sortedBy(
      await director.instances.orphanedVms(),
      byText(({ orphaned_at }) => orphaned_at),
    ).reverse();
    ui.table({
      content: 'vms',
      header: ['VM CID', 'Deployment', 'Instance', 'AZ', 'IPs', 'Orphaned At'],
      rows: found.map((vm) => [
        vm.cid,
        vm.deployment_name,
        vm.instance_name,
        vm.az ?? '',
        vm.ip_addresses.join('\n'),
        formatTime(vm.orphaned_at),
      ]),
    });
  },
});
