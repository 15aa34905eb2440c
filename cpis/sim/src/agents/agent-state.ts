import type { Heartbeat } from '@boti/agent-protocol';
import type { SimVm } from '../store.ts';

const startedAt = Date.now();

/** The answer to `get_state`: the spec it was given, and what is true now. */
export function agentState(vm: SimVm, full: boolean): Record<string, unknown> {
  const { spec, jobState } = vm.agent;
  return {
    ...spec,
    networks: resolvedNetworks(vm),
    packages: spec.packages ?? {},
    resource_pool: spec.resource_pool ?? {},
    agent_id: vm.agentId,
    job_state: jobState,
    vm: { name: vm.cid },
    processes: processes(vm),
    ...(full && { vitals: vitals(vm) }),
  };
}

export function heartbeat(vm: SimVm): Heartbeat {
  const { spec, jobState } = vm.agent;
  return {
    deployment: spec.deployment ?? '',
    job: spec.name ?? null,
    index: spec.index ?? null,
    job_state: jobState,
    vitals: vitals(vm),
    node_id: spec.id ?? '',
    number_of_processes: processes(vm).length,
  };
}

/** Dynamic networks get the addresses that the cloud gave them. */
function resolvedNetworks(vm: SimVm): Record<string, unknown> {
  const entries = Object.entries(vm.agent.spec.networks ?? {}).map(([name, network]) => {
    if (network.type !== 'dynamic') return [name, network];
    const { ip, netmask, gateway } = vm.settings.networks[name] ?? {};
    return [name, { ...network, ip, netmask, gateway }];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function processes(vm: SimVm): readonly object[] {
  const { spec, jobState } = vm.agent;
  return (spec.job?.templates ?? []).map(({ name }) => ({
    name,
    state: jobState,
    uptime: { secs: Math.round((Date.now() - startedAt) / 1000) },
    mem: { kb: 1024, percent: 0.1 },
    cpu: { total: 0.1 },
  }));
}

function vitals(vm: SimVm): Heartbeat['vitals'] {
  const usage = { percent: '1', inode_percent: '1' };
  return {
    cpu: { user: '0.1', sys: '0.1', wait: '0.0' },
    load: ['0.01', '0.02', '0.03'],
    mem: { kb: '1024', percent: '1' },
    swap: { kb: '0', percent: '0' },
    uptime: { secs: Math.round((Date.now() - startedAt) / 1000) },
    disk: { system: usage, ephemeral: usage, ...(vm.agent.mounted.length > 0 && { persistent: usage }) },
  };
}
