import { mapConcurrent } from '@boti/core';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { InstanceNotFound } from '../../errors.ts';
import { insertEvent } from '../../events/event-store.ts';
import { instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { selectInstances } from '../../instances/select-instances.ts';
import { sshTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly command: 'setup' | 'cleanup';
  readonly target: {
    readonly group: string | null;
    readonly indexes: readonly string[];
    readonly ids: readonly string[];
  };
  readonly params: Readonly<Record<string, unknown>>;
}

/** Makes, or removes, a user for one ssh session on the target instances. */
export function ssh(services: DeployServices): TaskType<Input> {
  return taskType(sshTask, async (input, task) => {
    const deployment = await requireDeployment(services.database, input.deployment);
    const { group, ids, indexes } = input.target;
    const selected = selectInstances(await instancesOf(services.database, deployment.id), {
      group,
      ids: [...ids, ...indexes],
    });
    const reachable = selected.filter(({ vm }) => vm !== null);
    if (reachable.length === 0)
      throw new InstanceNotFound(`No instance with a VM matches ${JSON.stringify(input.target)}`);
    const results = await mapConcurrent(reachable, services.settings.maxThreads, (instance) =>
      onInstance(services, task, { input, instance }),
    );
    task.result.write(`${JSON.stringify(results)}\n`);
    return '';
  });
}

interface Session {
  readonly input: Input;
  readonly instance: StoredInstance;
}

async function onInstance(
  services: DeployServices,
  task: TaskContext,
  { input, instance }: Session,
): Promise<Record<string, unknown>> {
  const agent = services.agents.of(instance.vm?.agentId ?? '', instanceName(instance));
  const args =
    input.command === 'setup'
      ? (['setup', { user: text(input.params.user), public_key: text(input.params.public_key) }] as const)
      : (['cleanup', { user_regex: text(input.params.user_regex) }] as const);
  const answer = await agent.call('ssh', [...args] as never, { signal: task.signal });
  await insertEvent(services.database, {
    user: task.user,
    action: `${input.command} ssh`,
    objectType: 'instance',
    objectName: instanceName(instance),
    taskId: task.taskId,
    deployment: input.deployment,
    instance: instanceName(instance),
    context: { user: input.params.user ?? input.params.user_regex },
  });
  return { ...answer, id: instance.uuid, index: instance.index, job: instance.group };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
