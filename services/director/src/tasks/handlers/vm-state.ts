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
  const { vm } = instance;
  const answered = state === 'unresponsive' ? null : state;
  const disks = instance.disks.filter(({ active }) => active).map(({ cid }) => cid);
  return {
    vm_cid: vm?.cid ?? null,
    agent_id: vm?.agentId ?? null,
    active: vm === null ? null : true,
    vm_created_at: vm?.createdAt.toISOString().replace(/\.\d+Z$/, 'Z') ?? null,
    cloud_properties: vm?.cloudProperties ?? {},
    disk_cid: disks[0] ?? null,
    disk_cids: disks,
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
    stemcell: {
      name: vm?.stemcell.name ?? null,
      version: vm?.stemcell.version ?? null,
      api_version: vm?.stemcell.apiVersion ?? null,
    },
  };
}
