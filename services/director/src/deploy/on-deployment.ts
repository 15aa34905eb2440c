import { lockNames } from '../locks/with-lock.ts';
import { releaseReservations } from '../networks/address-store.ts';
import type { TaskContext } from '../tasks/task-type.ts';
import type { DeployContext } from './context.ts';
import { type DeployServices, deploymentContext } from './deployment-context.ts';

export interface DeploymentWork<T> {
  readonly deployment: string;
  readonly lockWaitMs?: number;
  readonly work: (ctx: DeployContext) => Promise<T>;
}

const defaultLockWaitMs = 10_000;

/** Does something to a deployment that nothing else may be done to meanwhile. */
export function onDeployment<T>(
  services: DeployServices,
  task: TaskContext,
  { deployment, lockWaitMs = defaultLockWaitMs, work }: DeploymentWork<T>,
): Promise<T> {
  return task.withLock(lockNames.deployment(deployment), { waitMs: lockWaitMs }, async () => {
    const ctx = await deploymentContext(services, task, deployment);
    try {
      return await work(ctx);
    } finally {
      await releaseReservations(ctx.database, ctx.taskId);
    }
  });
}
