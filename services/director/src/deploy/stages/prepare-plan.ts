import { retry } from '@boti/core';
import { AddressTaken } from '../../networks/address-store.ts';
import { neededVmResources } from '../../planner/needed-vm-resources.ts';
import type { DeploymentPlan } from '../../planner/plan.ts';
import { checkDeployment, type PlanRequest, planDeployment } from '../../planner/plan-deployment.ts';
import { releaseNamesIn } from '../../planner/release-names.ts';
import type { Snapshot } from '../../planner/snapshot.ts';
import type { CalculatedVm } from '../../planner/vm-properties.ts';
import { dnsDomain } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import { loadReleases, loadSnapshot } from '../load-snapshot.ts';
import { bindPlan, type InstanceIds } from './bind-plan.ts';

export type DeployRequest = Pick<PlanRequest, 'manifest' | 'cloudConfigs' | 'runtimeConfigs' | 'options'>;

export interface BoundPlan {
  readonly plan: DeploymentPlan;
  readonly ids: InstanceIds;
}

/** Looks at the world and plans, without touching anything. */
export async function makePlan(ctx: DeployContext, request: DeployRequest): Promise<DeploymentPlan> {
  const plan = await draftPlan(ctx, request);
  warn(ctx, plan);
  return plan;
}

/** Plans and puts the plan on record; plans anew when another deploy took one of its addresses meanwhile. */
export async function preparePlan(ctx: DeployContext, request: DeployRequest): Promise<BoundPlan> {
  const { signal, clock } = ctx;
  const bound = await retry({ attempts: 20, delayMs: 50, isRetriable: isOutrun, signal, clock }, async () => {
    const plan = await draftPlan(ctx, request);
    return { plan, ids: await bindPlan(ctx, plan) };
  });
  warn(ctx, bound.plan);
  return bound;
}

/**
 * Finds what is wrong with a manifest whatever the state of the world. BOSH: it is told before the first stage begins.
 */
export async function checkRequest(ctx: DeployContext, request: DeployRequest): Promise<void> {
  checkDeployment(planRequest(ctx, request, await loadReleases(ctx, releaseNamesIn(request))));
}

async function draftPlan(ctx: DeployContext, request: DeployRequest): Promise<DeploymentPlan> {
  const wish = planRequest(ctx, request, await loadSnapshot(ctx, releaseNamesIn(request)));
  return planDeployment({ ...wish, calculatedVms: await calculateVms(ctx, neededVmResources(wish)) });
}

function planRequest(ctx: DeployContext, request: DeployRequest, snapshot: Snapshot): PlanRequest {
  const { ignoreMissingGateway } = ctx.settings;
  return {
    ...request,
    snapshot,
    teams: ctx.deployment.teams,
    newUuid: ctx.newUuid,
    random: Math.random,
    now: ctx.clock.now(),
    rules: { dnsDomain, ignoreMissingGateway },
  };
}

/** What each cloud offers for the resources that the manifest asks for. */
function calculateVms(
  ctx: DeployContext,
  questions: ReturnType<typeof neededVmResources>,
): Promise<readonly CalculatedVm[]> {
  return Promise.all(
    questions.map(async ({ cpi, resources }) => {
      const { cpu, ramMib, ephemeralDiskMib } = resources;
      const wish = { cpu, ram: ramMib, ephemeral_disk_size: ephemeralDiskMib };
      return { cpi, resources, cloudProperties: await ctx.clouds.of(cpi).calculateVmCloudProperties(wish) };
    }),
  );
}

function warn(ctx: DeployContext, { warnings, groups }: DeploymentPlan): void {
  for (const warning of warnings) ctx.events.warning(warning);
  const swapped = groups.filter(({ update }) => update.vmStrategy === 'create-swap-delete').map(({ name }) => name);
  if (swapped.length === 0) return;
  ctx.events.warning(
    `VMs of ${swapped.join(', ')} are deleted before new ones are made: there is no create-swap-delete yet`,
  );
}

/** Another deploy has taken an address, or PostgreSQL has ended one of two that waited for each other (class 40). */
function isOutrun(error: unknown): boolean {
  const state = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof AddressTaken || /^40...$/.test(state);
}
