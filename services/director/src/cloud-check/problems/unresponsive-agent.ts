import { ExpectedError, vmCid } from '@boti/core';
import type { DeployContext } from '../../deploy/context.ts';
import { instanceName } from '../../deploy/instance-name.ts';
import { deleteVm } from '../../deploy/steps/delete-vm.ts';
import type { StoredInstance } from '../../instances/instance-store.ts';
import { forgetVm, recreateVm } from '../recreate-vm.ts';
import type { Resolver, ResolveSubject } from '../resolve-subject.ts';
import { agentTimeoutMs } from '../scan-vms.ts';

/** The cloud has the VM, its agent does not answer. */
export const unresponsiveAgent: Resolver<ResolveSubject> = {
  reboot_vm: async ({ ctx, instance }) => {
    await refuseIfAnswering(ctx, instance);
    await rebootVm(ctx, instance);
  },
  recreate_vm: async (subject) => {
    await refuseIfAnswering(subject.ctx, subject.instance);
    await recreateVm(subject, true);
  },
  recreate_vm_without_wait: async (subject) => {
    await refuseIfAnswering(subject.ctx, subject.instance);
    await recreateVm(subject, false);
  },
  delete_vm: async ({ ctx, instance }) => {
    await refuseIfAnswering(ctx, instance);
    if (instance.vm !== null) await deleteVm(ctx, instance.vm);
  },
  delete_vm_reference: async ({ ctx, instance }) => {
    await refuseIfAnswering(ctx, instance);
    await forgetVm(ctx, instance);
  },
};

/** Reboots the VM and waits for its agent. */
export async function rebootVm(ctx: DeployContext, instance: StoredInstance): Promise<void> {
  const { vm } = instance;
  if (vm === null) throw new ExpectedError(`Instance '${instanceName(instance)}' has no VM to reboot`);
  await ctx.clouds.of(vm.cpi).rebootVm(vmCid(vm.cid));
  const agent = ctx.agents.of(vm.agentId, instanceName(instance));
  await agent.waitUntilReady({ timeoutMs: ctx.settings.agentWaitTimeoutMs, signal: ctx.signal });
}

async function refuseIfAnswering(ctx: DeployContext, instance: StoredInstance): Promise<void> {
  const { vm } = instance;
  if (vm === null || !(await isAnswering(ctx, instance, vm.agentId))) return;
  throw new ExpectedError(`The agent of '${instanceName(instance)}' answers again, so its VM was left alone`, {
    hint: 'Scan again.',
  });
}

async function isAnswering(ctx: DeployContext, instance: StoredInstance, agentId: string): Promise<boolean> {
  const agent = ctx.agents.of(agentId, instanceName(instance));
  try {
    await agent.call('ping', [], { signal: ctx.signal, timeoutMs: agentTimeoutMs, retries: 0 });
    return true;
  } catch {
    ctx.signal.throwIfAborted();
    return false;
  }
}
