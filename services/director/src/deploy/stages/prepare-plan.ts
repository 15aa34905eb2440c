import { retry } from '@boti/core';
import { AddressTaken } from '../../networks/address-store.ts';
import type { DeploymentPlan } from '../../planner/plan.ts';
import { type PlanRequest, planDeployment } from '../../planner/plan-deployment.ts';
import { releaseNamesIn } from '../../planner/release-names.ts';
import type { DeployContext } from '../context.ts';
import { loadSnapshot } from '../load-snapshot.ts';
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

async function draftPlan(ctx: DeployContext, request: DeployRequest): Promise<DeploymentPlan> {
  const snapshot = await loadSnapshot(ctx, releaseNamesIn(request));
  return planDeployment({ ...request, snapshot, teams: ctx.deployment.teams, newUuid: ctx.newUuid });
}

function warn(ctx: DeployContext, { warnings }: DeploymentPlan): void {
  for (const warning of warnings) ctx.events.warning(warning);
}

/** Another deploy has taken an address, or PostgreSQL has ended one of two that waited for each other (class 40). */
function isOutrun(error: unknown): boolean {
  const state = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof AddressTaken || /^40...$/.test(state);
}
