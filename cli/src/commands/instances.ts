import type { VmState } from '@boti/director-api';
import { flag } from '../arguments/option-spec.ts';
import { type DirectorContext, directorCommand } from '../command.ts';
import { processVitals, vitalsHeader, vmVitals } from '../instances/vitals-columns.ts';
import { collectStates, type DeploymentStates, instanceName, isHealthy } from '../instances/vm-states.ts';
import type { Cell } from '../ui/table.ts';
import { toned } from '../ui/table.ts';

interface Shown {
  readonly details: boolean;
  readonly vitals: boolean;
  readonly ps: boolean;
}

const detailColumns = ['State', 'VM CID', 'VM Type', 'Disk CIDs', 'Agent ID', 'Index', 'Bootstrap', 'Ignore'];

export const instances = directorCommand({
  name: 'instances',
  aliases: ['is'],
  summary: 'List the instances of the deployment, or of all deployments',
  options: {
    details: flag('Show IDs, disks and more', { short: 'i' }),
    vitals: flag('Show how busy the VMs are'),
    ps: flag('Show the processes', { short: 'p' }),
    failing: flag('Show only what does not run', { short: 'f' }),
  },

  async run(context, { failing, ...shown }) {
    for (const found of await collectStates(context, 'instances')) showStates(context, found, { ...shown, failing });
  },
});

/** As `instances` shows a deployment, with its processes left out. */
export async function showInstances(context: DirectorContext, deployment: string): Promise<void> {
  const plain = { details: false, vitals: false, ps: false, failing: false };
  const globals = { ...context.globals, deployment };
  for (const found of await collectStates({ ...context, globals }, 'instances')) showStates(context, found, plain);
}

function showStates(
  { ui }: Pick<DirectorContext, 'ui'>,
  { deployment, states }: DeploymentStates,
  shown: Shown & { failing: boolean },
): void {
  const wanted = shown.failing ? states.filter((state) => !isHealthy(state)) : states;
  ui.table({
    title: `Deployment '${deployment}'`,
    content: 'instances',
    header: header(shown),
    rows: wanted.flatMap((state) => rows(deployment, state, shown)),
    count: wanted.length,
  });
}

function header({ details, vitals, ps }: Shown): readonly string[] {
  return [
    'Instance',
    ...(ps ? ['Process'] : []),
    'Process State',
    'AZ',
    'IPs',
    'Deployment',
    ...(details ? detailColumns : []),
    ...(vitals ? vitalsHeader : []),
  ];
}

function rows(deployment: string, state: VmState, shown: Shown & { failing: boolean }): readonly (readonly Cell[])[] {
  const { details, vitals, ps, failing } = shown;
  const name = instanceName(state);
  const own: readonly Cell[] = [
    name,
    ...(ps ? [''] : []),
    toned(processState(state), isHealthy(state)),
    state.az ?? '',
    state.ips.join('\n'),
    deployment,
    ...(details ? detailCells(state) : []),
    ...(vitals ? vmVitals(state) : []),
  ];
  if (!ps) return [own];
  const processes = (state.processes ?? []).filter((one) => !failing || one.state !== 'running');
  const processRows = processes
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((one) => [
      name,
      one.name,
      toned(one.state, one.state === 'running'),
      '',
      '',
      '',
      ...(details ? detailColumns.map(() => '') : []),
      ...(vitals ? processVitals(one) : []),
    ]);
  return [own, ...processRows];
}

/** Nothing for a VM that runs no processes at all. */
function processState({ job_state, processes }: VmState): string {
  return job_state === 'running' && processes?.length === 0 ? '' : (job_state ?? '');
}

function detailCells(state: VmState): readonly string[] {
  return [
    state.state ?? '',
    state.vm_cid ?? '',
    state.vm_type ?? '',
    state.disk_cids.join('\n'),
    state.agent_id ?? '',
    state.index === null ? '' : String(state.index),
    String(state.bootstrap ?? false),
    String(state.ignore ?? false),
  ];
}
