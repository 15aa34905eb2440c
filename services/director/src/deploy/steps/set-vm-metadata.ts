import { isCloudError } from '@boti/cpi-sdk';
import type { InstancePlan } from '../../planner/plan.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import type { Vm } from './create-vm.ts';

/** Names and tags a VM on the cloud. A CPI may lack the call. */
export async function setVmMetadata(
  ctx: DeployContext,
  vm: Pick<Vm, 'cid' | 'cpi'>,
  plan: Pick<InstancePlan, 'group' | 'uuid' | 'index'>,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const metadata = {
    ...tags,
    director: ctx.settings.directorName,
    deployment: ctx.deployment.name,
    id: plan.uuid,
    job: plan.group,
    instance_group: plan.group,
    index: String(plan.index),
    name: instanceName(plan),
    created_at: ctx.clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
  };
  try {
    await ctx.clouds.of(vm.cpi).setVmMetadata(vm.cid, metadata);
  } catch (error) {
    if (!isCloudError(error, 'NotImplemented')) throw error;
  }
}
