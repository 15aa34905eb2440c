import type { VmState } from '@boti/director-api';
import { flag } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { vitalsHeader, vmVitals } from '../instances/vitals-columns.ts';
import { collectStates, instanceName, isHealthy } from '../instances/vm-states.ts';
import { formatYaml } from '../ui/formats.ts';
import { type Cell, toned } from '../ui/table.ts';

export const vms = directorCommand({
  name: 'vms',
  summary: 'List the VMs of the deployment, or of all deployments',
  options: {
    vitals: flag('Show how busy the VMs are'),
    cloudProperties: flag('Show the cloud properties'),
  },

  async run(context, { vitals, cloudProperties }) {
    const header = ['Instance', 'Process State', 'AZ', 'IPs', 'VM CID', 'VM Type', 'Active', 'Stemcell'];
    if (cloudProperties) header.push('Cloud Properties');
    if (vitals) header.push(...vitalsHeader);
    for (const { deployment, states } of await collectStates(context, 'vms')) {
      context.ui.table({
        title: `Deployment '${deployment}'`,
        content: 'vms',
        header,
        rows: states.map((state) => [
          ...cells(state),
          ...(cloudProperties ? [formatYaml(state.cloud_properties)] : []),
          ...(vitals ? vmVitals(state) : []),
        ]),
      });
    }
  },
});

function cells(state: VmState): readonly Cell[] {
  const { stemcell, active } = state;
  return [
    instanceName(state),
    toned(state.job_state ?? '', isHealthy(state)),
    state.az ?? '',
    state.ips.join('\n'),
    state.vm_cid ?? '',
    state.vm_type ?? '',
    active === null || active === undefined ? '-' : String(active),
    stemcell?.name ? `${stemcell.name}/${stemcell.version}` : '',
  ];
}
