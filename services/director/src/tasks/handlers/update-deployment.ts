import { dumpYaml, fromPlain } from '@boti/manifest';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { directorAlert } from '../../deploy/director-alert.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { readDeployRequest } from '../../deploy/read-deploy-request.ts';
import { recordDeploymentEvent } from '../../deploy/record-deployment-event.ts';
import { releaseNewAddresses, usedArtifacts } from '../../deploy/stages/bind-plan.ts';
import { compilePackages } from '../../deploy/stages/compile-packages.ts';
import { createMissingVms, runsWithoutVm } from '../../deploy/stages/create-missing-vms.ts';
import { deleteUnneeded } from '../../deploy/stages/delete-unneeded.ts';
import {
  type BoundPlan,
  checkRequest,
  type DeployRequest,
  makePlan,
  preparePlan,
} from '../../deploy/stages/prepare-plan.ts';
import { recoverDeployment } from '../../deploy/stages/recover-deployment.ts';
import { type RenderedInstances, renderPlan, settlePlan } from '../../deploy/stages/render-plan.ts';
import { runPostDeploy } from '../../deploy/stages/run-post-deploy.ts';
import { updateGroups } from '../../deploy/stages/update-groups.ts';
import { saveDeployed } from '../../deployments/deployment-store.ts';
import { explainPlan } from '../../planner/explain-plan.ts';
import type { DeploymentPlan } from '../../planner/plan.ts';
import { type UpdateDeploymentInput, updateDeploymentTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

/** A deploy, from a manifest to running instances; state changes run the stored manifest through the same. */
export function updateDeployment(services: DeployServices): TaskType<UpdateDeploymentInput> {
  return taskType(updateDeploymentTask, async (input, task) => {
    const { deployment } = input;
    await onDeployment(services, task, {
      deployment,
      work: async (ctx) => {
        const request = await readDeployRequest(ctx, input);
        if (input.dryRun) return plan(ctx, request, task.result);
        const work = (): Promise<void> => deploy(ctx, input, request);
        await recordDeploymentEvent(ctx, 'update', () => directorAlert(ctx, 'update deployment', work));
      },
    });
    return `/deployments/${deployment}`;
  });
}

async function deploy(ctx: DeployContext, input: UpdateDeploymentInput, request: DeployRequest): Promise<void> {
  await checkRequest(ctx, request);
  await recoverDeployment(ctx);
  const { bound, rendered } = await prepare(ctx, request);
  const { plan: planned, ids } = bound;
  const forms = await compilePackages(ctx, planned);
  const settled = settlePlan({ plan: planned, ids, rendered, forms });
  const skipDrain = (group: string): boolean => input.skipDrain.includes('*') || input.skipDrain.includes(group);
  await deleteUnneeded(ctx, { instances: planned.obsolete, parallel: ctx.settings.maxThreads, skipDrain });
  await createMissingVms(ctx, runsWithoutVm(settled));
  const deployedBefore = ctx.deployment.manifest !== null;
  const isChanged = await updateGroups(ctx, { settled, deployedBefore, skipDrain });
  await persist(ctx, input, planned);
  if (isChanged && ctx.settings.enablePostDeploy) await runPostDeploy(ctx);
}

/** Everything that can be found out before something is changed. */
async function prepare(
  ctx: DeployContext,
  request: DeployRequest,
): Promise<{ bound: BoundPlan; rendered: RenderedInstances }> {
  const stage = ctx.events.stage('Preparing deployment', 1);
  const bound = await stage.track('Preparing deployment', () => preparePlan(ctx, request));
  try {
    const rendered = await stage.track('Rendering templates', () => renderPlan(ctx, bound.plan));
    return { bound, rendered };
  } catch (error) {
    await releaseNewAddresses(ctx, bound);
    throw error;
  }
}

/** A dry run plans and renders, leaves no trace and writes the plan with its reasons to the task's result. */
async function plan(ctx: DeployContext, request: DeployRequest, result: { write(text: string): void }): Promise<void> {
  await checkRequest(ctx, request);
  const stage = ctx.events.stage('Preparing deployment', 1);
  const planned = await stage.track('Preparing deployment', () => makePlan(ctx, request));
  const rendered = await stage.track('Rendering templates', () => renderPlan(ctx, planned));
  result.write(`${JSON.stringify(explainPlan(planned, rendered))}\n`);
}

async function persist(ctx: DeployContext, input: UpdateDeploymentInput, planned: DeploymentPlan): Promise<void> {
  await ctx.database.transaction(async (sql) => {
    await saveDeployed(sql, ctx.deployment.id, {
      manifestText: input.manifestText,
      manifest: dumpYaml(fromPlain(planned.manifest)),
      configIds: [...input.configIds.cloud, ...input.configIds.runtime],
      ...(await usedArtifacts(sql, planned)),
    });
  });
}
