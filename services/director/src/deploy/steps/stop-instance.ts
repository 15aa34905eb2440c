import type { ApplySpec } from '@boti/agent-protocol';
import type { DeployContext, Progress } from '../context.ts';

/** What becomes of the VM, the instance and the deployment after the stop: told to pre-stop scripts. */
export type StopIntent = 'keep_vm' | 'delete_vm' | 'delete_instance' | 'delete_deployment';

export interface StopSubject {
  readonly agentId: string;
  readonly name: string;
  readonly intent: StopIntent;
  /** `shutdown` when the jobs will not be started again on this VM and disk. */
  readonly drainType: 'update' | 'shutdown';
  readonly spec: ApplySpec;
  readonly skipDrain: boolean;
}

/** pre-stop, drain, stop, post-stop. */
export async function stopInstance(ctx: DeployContext, subject: StopSubject, progress: Progress): Promise<void> {
  const agent = ctx.agents.of(subject.agentId, subject.name);
  const { signal } = ctx;
  if (subject.skipDrain) {
    progress.status('skipped pre-stop & drain', 10);
  } else {
    progress.status('executing pre-stop', 5);
    await agent.call('run_script', ['pre-stop', { env: nextStates(subject.intent) }], { signal });
    progress.status('executing drain', 5);
    await drain(ctx, subject);
  }
  progress.status('stopping jobs', 20);
  await agent.call('stop', [], { signal });
  progress.status('executing post-stop', 10);
  await agent.call('run_script', ['post-stop', {}], { signal });
}

/** A drain script answers how long to wait; a negative answer means: wait, then ask again. */
async function drain(ctx: DeployContext, { agentId, name, drainType, spec }: StopSubject): Promise<void> {
  const agent = ctx.agents.of(agentId, name);
  let seconds = await agent.call('drain', [drainType, spec], { signal: ctx.signal });
  while (seconds < 0) {
    await ctx.clock.sleep(-seconds * 1000, ctx.signal);
    seconds = await agent.call('drain', ['status'], { signal: ctx.signal });
  }
  if (seconds > 0) await ctx.clock.sleep(seconds * 1000, ctx.signal);
}

function nextStates(intent: StopIntent): Record<string, string> {
  const order: readonly StopIntent[] = ['keep_vm', 'delete_vm', 'delete_instance', 'delete_deployment'];
  const level = order.indexOf(intent);
  const at = (needed: number): string => (level >= needed ? 'delete' : 'keep');
  return { BOSH_VM_NEXT_STATE: at(1), BOSH_INSTANCE_NEXT_STATE: at(2), BOSH_DEPLOYMENT_NEXT_STATE: at(3) };
}
