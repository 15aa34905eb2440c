import { eventLog } from '../../tasks/event-log.ts';
import type { DeployContext } from '../context.ts';
import { storedDeployRequest } from '../stored-deploy-request.ts';
import { compilePackages } from './compile-packages.ts';
import { type DeployRequest, preparePlan } from './prepare-plan.ts';
import { renderPlan, type SettledPlan, settlePlan } from './render-plan.ts';

/** The deployment as it was last deployed, ready to work on; the task's events tell nothing of it. */
export async function settleStoredPlan(
  ctx: DeployContext,
  options: Partial<DeployRequest['options']>,
): Promise<SettledPlan> {
  const quiet = { ...ctx, events: eventLog(() => undefined, ctx.clock) };
  const request = await storedDeployRequest(ctx);
  const { plan, ids } = await preparePlan(quiet, { ...request, options: { ...request.options, ...options } });
  const rendered = await renderPlan(quiet, plan);
  const forms = await compilePackages(quiet, plan);
  return settlePlan({ plan, ids, rendered, forms });
}
