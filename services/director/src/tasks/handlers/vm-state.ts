import type { AgentState } from '@boti/agent-protocol';
import { mapConcurrent } from '@boti/core';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { vmStateTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly of: 'vms' | 'instances';
}

const agentTimeoutMs = 5000;

/** One JSON line for each VM, or instance, with what its agent says just now; written as the agents answer. */
export function vmState(services: DeployServices): TaskType<Input> {
  return taskType(vmStateTask, async (input, task) => {
    const deployment = await requireDeployment(services.database, input.deployment);
    const all = await instancesOf(services.database, deployment.id);
    const wanted = input.of === 'vms' ? all.filter(({ vm }) => vm !== null) : all;
    await mapConcurrent(wanted, services.settings.maxThreads, async (instance) => {
      const state = await askAgent(services, task, instance);
      task.result.write(`${JSON.stringify(describe(instance, state))}\n`);
    });
    return '';
  });
}

async function askAgent(
  services: DeployServices,
  { signal, log }: TaskContext,
  instance: StoredInstance,
): Promise<AgentState | 'unresponsive' | null> {
  if (instance.vm === null) return null;
  const agent = services.agents.of(instance.vm.agentId, instanceName(instance));
  try {
    return await agent.call('get_state', ['full'], { signal, timeoutMs: agentTimeoutMs, retries: 0 });
  } catch (error) {
    signal.throwIfAborted();
    log.warn('an agent did not answer', { instance: instanceName(instance), error });
    return 'unresponsive';
  }
}

function describe(instance: StoredInstance, state: AgentState | 'unresponsive' | null): Record<string, unknown> {
  const answered = state === 'unresponsive' ? null : state;
  return {
    ...describeVm(instance.vm),
    ...describeDisks(instance.disks),
    ips: instance.addresses.map(({ address }) => address),
    job_name: instance.group,
    index: instance.index,
    job_state: state === 'unresponsive' ? 'unresponsive agent' : (answered?.job_state ?? null),
    state: instance.state,
    vm_type: instance.spec?.vmType ?? null,
    vitals: answered?.vitals ?? null,
    processes: answered?.processes ?? [],
    az: instance.az,
    id: instance.uuid,
    bootstrap: instance.bootstrap,
    ignore: instance.ignore,
  };
}

function describeVm(vm: StoredInstance['vm']): Record<string, unknown> {
  if (vm === null) {
    const stemcell = { name: null, version: null, api_version: null };
    return { vm_cid: null, agent_id: null, active: null, vm_created_at: null, cloud_properties: {}, stemcell };
  }
  return {
    vm_cid: vm.cid,
    agent_id: vm.agentId,
    active: true,
    vm_created_at: vm.createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    cloud_properties: vm.cloudProperties,
    stemcell: { name: vm.stemcell.name, version: vm.stemcell.version, api_version: vm.stemcell.apiVersion },
  };
}

function describeDisks(disks: StoredInstance['disks']): Record<string, unknown> {
  const cids = disks.filter(({ active }) => active).map(({ cid }) => cid);
  return { disk_cid: cids[0] ?? null, disk_cids: cids };
}
