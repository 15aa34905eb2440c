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
  const snapshot = await loadSnapshot(ctx, releaseNamesIn(request));
  const plan = planDeployment({ ...request, snapshot, teams: ctx.deployment.teams, newUuid: ctx.newUuid });
  for (const warning of plan.warnings) ctx.events.warning(warning);
  return plan;
}

/** Plans and puts the plan on record; plans anew when another deploy took one of its addresses meanwhile. */
export function preparePlan(ctx: DeployContext, request: DeployRequest): Promise<BoundPlan> {
  const isRetriable = (error: unknown): boolean => error instanceof AddressTaken;
  return retry({ attempts: 5, delayMs: 50, isRetriable, signal: ctx.signal, clock: ctx.clock }, async () => {
    const plan = await makePlan(ctx, request);
    return { plan, ids: await bindPlan(ctx, plan) };
  });
}
