import { ExpectedError } from '@boti/core';
import { z } from 'zod';
import { openProblems } from '../../cloud-check/problem-store.ts';
import { type Resolved, resolveProblems, type Wish } from '../../cloud-check/resolve-problems.ts';
import { scan, scanInstances } from '../../cloud-check/scan.ts';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { runPostDeploy } from '../../deploy/stages/run-post-deploy.ts';
import { CloudcheckInvalidResolutionFormat, RpcTimeout } from '../../errors.ts';
import { manifestInstancesOf } from '../../instances/instance-store.ts';
import { isNamed } from '../../instances/select-instances.ts';
import { applyResolutionsTask, scanAndFixTask, scanCloudTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

/** Finds what differs between our records and the cloud. Fails at once while something else is done to the deployment. */
export function scanCloud(services: DeployServices): TaskType<{ deployment: string }> {
  return taskType(scanCloudTask, async ({ deployment }, task) => {
    await onDeployment(services, task, {
      deployment,
      lockWaitMs: 0,
      work: async (ctx) => scan(ctx, await manifestInstancesOf(ctx.database, ctx.deployment.id)),
    });
    return 'scan complete';
  });
}

interface ApplyInput {
  readonly deployment: string;
  readonly resolutions?: unknown;
  readonly maxInFlight: Readonly<Record<string, number | string>>;
}

/** Problem id to a resolution's name; null leaves it to us. */
const resolutionsSchema = z.record(z.string(), z.string().nullable());

/** Mends what the last scan found. Problems that nobody names are left open. */
export function applyResolutions(services: DeployServices): TaskType<ApplyInput> {
  return taskType(applyResolutionsTask as never, async (input: ApplyInput, task) => {
    const parsed = resolutionsSchema.safeParse(input.resolutions);
    if (!parsed.success) {
      throw new CloudcheckInvalidResolutionFormat(
        'Resolutions must be a map from problem id to the name of a resolution',
      );
    }
    const resolved = await onDeployment(services, task, {
      deployment: input.deployment,
      work: async (ctx) => {
        const wishes = (await openProblems(ctx.database, ctx.deployment.id)).flatMap((problem): Wish[] => {
          const resolution = parsed.data[String(problem.id)];
          return resolution === undefined ? [] : [{ problem, resolution }];
        });
        return mend(ctx, wishes, input.maxInFlight);
      },
    });
    return `${resolved.count} resolved`;
  });
}

interface FixInput {
  readonly deployment: string;
  readonly instances: Readonly<Record<string, readonly string[]>>;
}

/** What the health monitor asks for: those of these VMs that are missing or silent are made anew. */
export function scanAndFix(services: DeployServices): TaskType<FixInput> {
  return taskType(scanAndFixTask as never, async ({ deployment, instances }: FixInput, task) => {
    await onDeployment(services, task, {
      deployment,
      lockWaitMs: 0,
      work: async (ctx) => {
        const all = await manifestInstancesOf(ctx.database, ctx.deployment.id);
        const named = all.filter((one) => !one.ignore && (instances[one.group] ?? []).some((id) => isNamed(one, id)));
        await scanInstances(ctx, named);
        const problems = await openProblems(ctx.database, ctx.deployment.id);
        await mend(
          ctx,
          problems.map((problem) => ({ problem, resolution: 'recreate_vm' })),
        );
      },
    });
    return 'scan and fix complete';
  });
}

async function mend(
  ctx: DeployContext,
  wishes: readonly Wish[],
  maxInFlight?: ApplyInput['maxInFlight'],
): Promise<Resolved> {
  const resolved = await resolveProblems(ctx, wishes, maxInFlight);
  if (resolved.errors.length > 0) throw new ExpectedError(resolved.errors.join('\n'));
  if (wishes.length > 0 && ctx.settings.enablePostDeploy) await postDeploy(ctx);
  return resolved;
}

/** Agents that are still silent are no failure of what was mended. */
async function postDeploy(ctx: DeployContext): Promise<void> {
  try {
    await runPostDeploy(ctx);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof RpcTimeout)) throw error;
    ctx.log.warn('post-deploy did not run everywhere', { error });
  }
}
