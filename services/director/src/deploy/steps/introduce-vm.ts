import type { UpdateSettings } from '@boti/agent-protocol';
import type { NetworkPlan } from '../../planner/plan.ts';
import { type AppliedJob, partialApplySpec, type SpecSubject } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import type { InstanceRun } from '../instance-run.ts';
import { hasUnknownAddress, withAddress } from '../known-addresses.ts';
import type { Vm } from './create-vm.ts';
import { disksOf } from './update-persistent-disks.ts';

export interface NewVm {
  /** The instance's row. */
  readonly id: number;
  readonly plan: SpecSubject['plan'] & Pick<InstanceRun['plan'], 'group' | 'uuid'>;
  readonly vm: Vm;
  readonly networks: readonly NetworkPlan[];
  readonly jobs: readonly AppliedJob[];
}

/** Tells a new VM's agent who it is; answers its networks with the addresses that only the cloud knew. */
export async function introduceNewVm(ctx: DeployContext, fresh: NewVm): Promise<readonly NetworkPlan[]> {
  const agent = ctx.agents.of(fresh.vm.agentId, instanceName(fresh.plan));
  const { signal } = ctx;
  await updateAgentSettings(ctx, fresh, fresh.vm);
  const subject = { deployment: ctx.deployment.name, plan: fresh.plan, networks: fresh.networks, jobs: fresh.jobs };
  await agent.call('apply', [partialApplySpec(subject)], { signal });
  if (!hasUnknownAddress(fresh.networks)) return fresh.networks;
  const state = await agent.call('get_state', [], { signal });
  return fresh.networks.map((network) => withAddress(network, state.networks?.[network.name]));
}

export async function updateAgentSettings(
  ctx: DeployContext,
  of: { readonly id: number; readonly plan: Pick<InstanceRun['plan'], 'group' | 'uuid'> },
  vm: Vm,
): Promise<void> {
  const named = (await disksOf(ctx, of.id)).filter(({ active, name }) => active && name !== '');
  const settings: UpdateSettings = {
    trusted_certs: ctx.settings.trustedCerts,
    disk_associations: named.map(({ name, cid }) => ({ name, cid })),
  };
  await ctx.agents.of(vm.agentId, instanceName(of.plan)).call('update_settings', [settings], { signal: ctx.signal });
}
