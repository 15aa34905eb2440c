import type { ApplySpec } from '@boti/agent-protocol';
import { AgentJobNotRunning } from '../../errors.ts';
import { watchSchedule } from '../../planner/batches.ts';
import type { WatchTime } from '../../planner/plan.ts';
import type { DeployContext, Progress } from '../context.ts';
import { readLogTails } from './read-log-tails.ts';

export interface StartSubject {
  readonly agentId: string;
  readonly name: string;
  /** `redis/<uuid> (0)` */
  readonly label: string;
  readonly watch: WatchTime;
  /** False: started, and neither looked at nor followed by post-start. */
  readonly waitForJobs?: boolean;
}

/** Installs what the spec names: packages, then jobs. Nothing is started. */
export async function applySpec(
  ctx: DeployContext,
  { agentId, name, spec }: { readonly agentId: string; readonly name: string; readonly spec: ApplySpec },
  progress: Progress,
): Promise<void> {
  progress.status('installing packages', 10);
  progress.status('configuring jobs', 10);
  await ctx.agents.of(agentId, name).call('apply', [spec], { signal: ctx.signal });
}

/** pre-start, start, wait until the jobs run, post-start. */
export async function startInstance(ctx: DeployContext, subject: StartSubject, progress: Progress): Promise<void> {
  const agent = ctx.agents.of(subject.agentId, subject.name);
  const { signal } = ctx;
  progress.status('executing pre-start', 10);
  await agent.call('run_script', ['pre-start', {}], { signal });
  progress.status('starting jobs', 20);
  await agent.call('start', [], { signal });
  if (subject.waitForJobs === false) return;
  await waitUntilRunning(ctx, subject);
  progress.status('executing post-start', 10);
  await agent.call('run_script', ['post-start', {}], { signal });
}

/** Looks at the instance at the moments of its watch time, and says which processes never came up. */
async function waitUntilRunning(ctx: DeployContext, { agentId, name, label, watch }: StartSubject): Promise<void> {
  const agent = ctx.agents.of(agentId, name);
  let failing: readonly string[] = [];
  let jobState = 'unknown';
  for (const delayMs of watchSchedule(watch)) {
    await ctx.clock.sleep(delayMs, ctx.signal);
    const state = await agent.call('get_state', [], { signal: ctx.signal });
    if (state.job_state === 'running') return;
    jobState = state.job_state;
    failing = (state.processes ?? []).filter((process) => process.state !== 'running').map((process) => process.name);
  }
  const logs = await logTails(ctx, agentId, name);
  throw new AgentJobNotRunning(label, failing, jobState, logs);
}

/** The last lines of the jobs' logs, when the agent can give them quickly; failures here must not hide the real one. */
async function logTails(ctx: DeployContext, agentId: string, name: string): Promise<string> {
  try {
    return await readLogTails(ctx, agentId, name);
  } catch (error) {
    ctx.log.warn('logs of the failed jobs could not be read', { instance: name, error });
    return '';
  }
}
