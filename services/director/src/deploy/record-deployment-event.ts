import { recordOperation } from '../events/record-operation.ts';
import type { DeployContext } from './context.ts';

/** Records what is done to the deployment as a whole in the event log of the Director. */
export function recordDeploymentEvent<T>(ctx: DeployContext, action: string, work: () => Promise<T>): Promise<T> {
  const { name } = ctx.deployment;
  const { user, taskId, database } = ctx;
  return recordOperation(
    database,
    { user, action, objectType: 'deployment', objectName: name, deployment: name, taskId },
    work,
  );
}

/** The same for one of its instances. */
export function recordInstanceEvent<T>(
  ctx: DeployContext,
  event: { readonly action: string; readonly instance: string; readonly context?: Readonly<Record<string, unknown>> },
  work: () => Promise<T>,
): Promise<T> {
  const { user, taskId, database } = ctx;
  return recordOperation(
    database,
    {
      user,
      action: event.action,
      objectType: 'instance',
      objectName: event.instance,
      instance: event.instance,
      deployment: ctx.deployment.name,
      taskId,
      context: event.context ?? {},
    },
    work,
  );
}
