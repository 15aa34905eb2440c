import { mapConcurrent } from '@boti/core';
import { instancesOf } from '../../instances/instance-store.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';

/** post-deploy scripts on every instance that runs. */
export async function runPostDeploy(ctx: DeployContext): Promise<void> {
  const instances = await instancesOf(ctx.database, ctx.deployment.id);
  const running = instances.filter(({ vm, state, ignore }) => vm !== null && state === 'started' && !ignore);
  await mapConcurrent(running, ctx.settings.maxThreads, async (instance) => {
    if (instance.vm === null) return;
    const agent = ctx.agents.of(instance.vm.agentId, instanceName(instance));
    await agent.call('run_script', ['post-deploy', {}], { signal: ctx.signal });
  });
}
