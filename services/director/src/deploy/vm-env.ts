import type { CertificateSet } from '@boti/agent-protocol';
import { dnsText } from '../planner/canonical-name.ts';
import type { InstancePlan } from '../planner/plan.ts';
import type { DeployContext } from './context.ts';

/** `env` of create_vm: the group's own, the Director's defaults under it, and what the agent needs to reach the bus. */
export function vmEnv(
  ctx: DeployContext,
  plan: Pick<InstancePlan, 'group' | 'env' | 'tags'>,
  cert: CertificateSet,
): Record<string, unknown> {
  const own = plan.env.bosh as Readonly<Record<string, unknown>> | undefined;
  const { agentBusUrls } = ctx.settings;
  const mbus = { cert, ...(agentBusUrls.length === 0 ? {} : { urls: agentBusUrls }) };
  const { group, groups } = groupNames(ctx.settings.directorName, ctx.deployment.name, plan.group);
  const bosh = { ...ctx.settings.agentEnv, ...own, tags: plan.tags, mbus, group, groups };
  return { ...plan.env, bosh };
}

/** The six canonical joins by which CPIs and tools group VMs, in upstream's order. */
export function groupNames(director: string, deployment: string, group: string): { group: string; groups: string[] } {
  const [d, dep, ig] = [director, deployment, group].map(dnsText) as [string, string, string];
  const all = `${d}-${dep}-${ig}`;
  return { group: all, groups: [d, dep, ig, `${d}-${dep}`, `${dep}-${ig}`, all] };
}
