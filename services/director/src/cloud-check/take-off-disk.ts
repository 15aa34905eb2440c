import type { DeployContext } from '../deploy/context.ts';
import { instanceName } from '../deploy/instance-name.ts';
import { type DiskHolder, detachFromCloud } from '../deploy/steps/attach-disk.ts';

/** As far as it goes: a disk that is gone, or whose agent is silent, cannot be unmounted in good order. */
export async function takeOff(ctx: DeployContext, holder: DiskHolder | null, cid: string): Promise<void> {
  if (holder === null) return;
  const { vm, plan } = holder;
  const agent = ctx.agents.of(vm.agentId, instanceName(plan));
  try {
    if ((await agent.call('list_disk', [], { signal: ctx.signal })).includes(cid)) {
      await agent.call('unmount_disk', [cid], { signal: ctx.signal });
    }
    await agent.call('remove_persistent_disk', [cid], { signal: ctx.signal });
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.log.warn('the agent did not give up a disk', { disk: cid, error });
  }
  await detachFromCloud(ctx, vm, cid);
}
