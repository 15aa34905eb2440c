import type { Deployment } from '../deployments/deployment-store.ts';
import type { TaskKind } from '../tasks/task-type.ts';
import type { ApiDeps } from './deps.ts';
import { type ApiRequest, type Reply, toTask } from './route.ts';

export interface TaskStart<Input> {
  readonly kind: TaskKind<Input>;
  readonly input: Input;
  /** The deployment it is about: its teams may see the task. */
  readonly deployment?: Pick<Deployment, 'name' | 'teams'>;
}

/** Leaves the work to a task and sends the client there. */
export async function startTask<Input>(
  { tasks }: Pick<ApiDeps, 'tasks'>,
  { user, contextId }: Pick<ApiRequest, 'user' | 'contextId'>,
  { kind, input, deployment }: TaskStart<Input>,
): Promise<Reply> {
  const task = await tasks.enqueue(kind, input, {
    user: user.name,
    contextId,
    deployment: deployment?.name ?? null,
    teams: deployment?.teams ?? [],
  });
  return toTask(task);
}
