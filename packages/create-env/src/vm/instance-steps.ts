import type { AgentActionName, AgentArgs } from '@boti/agent-protocol';
import { AgentError } from '@boti/agent-protocol';
import { ExpectedError, messageOf } from '@boti/core';
import type { WatchTime } from '../manifest/watch-time.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import type { InstanceContext } from './env-context.ts';

const oldAgentTimeoutMs = 10_000;
const pingTimeoutMs = 5000;
const pingDelayMs = 500;

/** Whether the agent of a VM that should be there answers within 10 s. */
export async function isAgentThere(ctx: InstanceContext, vm: string, stage: Stage): Promise<boolean> {
  try {
    await stage.step(`Waiting for the agent on VM '${vm}'`, () => pingUntilAnswer(ctx));
    return true;
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.warn(`The agent on VM '${vm}' does not answer: ${messageOf(error)}`);
    return false;
  }
}

async function pingUntilAnswer({ agent, clock, signal }: InstanceContext): Promise<void> {
  const deadline = clock.now().getTime() + oldAgentTimeoutMs;
  for (;;) {
    try {
      await agent.call('ping', [], { timeoutMs: pingTimeoutMs, signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now().getTime() >= deadline) throw error;
      await clock.sleep(pingDelayMs, signal);
    }
  }
}

/** Stops the jobs in the order that lets them drain. */
export async function stopJobs(
  ctx: InstanceContext,
  { skipDrain }: { readonly skipDrain: boolean },
  stage: Stage,
): Promise<void> {
  const name = 'unknown/0';
  await stage.step(`Running the pre-stop scripts '${name}'`, () => runScript(ctx, 'pre-stop'));
  if (!skipDrain) await stage.step(`Draining jobs on instance '${name}'`, () => drain(ctx));
  await stage.step(`Stopping jobs on instance '${name}'`, () => ask(ctx, 'stop', []));
  await stage.step(`Running the post-stop scripts '${name}'`, () => runScript(ctx, 'post-stop'));
}

/** Agents of old answer with seconds to wait; a negative number asks to come back. */
async function drain(ctx: InstanceContext): Promise<void> {
  let seconds = await ctx.agent.call('drain', ['shutdown', {}], { signal: ctx.signal });
  while (seconds < 0) {
    await ctx.clock.sleep(-seconds * 1000, ctx.signal);
    seconds = await ctx.agent.call('drain', ['status', {}], { signal: ctx.signal });
  }
  await ctx.clock.sleep(seconds * 1000, ctx.signal);
}

export async function unmountDisks(ctx: InstanceContext, stage: Stage): Promise<void> {
  const disks = await ctx.agent.call('list_disk', [], { signal: ctx.signal });
  for (const disk of disks) {
    await stage.step(`Unmounting disk '${disk}'`, () => ask(ctx, 'unmount_disk', [disk]));
  }
}

/** Agents of old do not know it. */
export async function runScript(ctx: InstanceContext, script: string): Promise<void> {
  await within(`Running the ${script} script`, ctx.signal, () => tolerateUnknown(ask(ctx, 'run_script', [script, {}])));
}

export async function tolerateUnknown(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!isUnknownMessage(error)) throw error;
  }
}

function isUnknownMessage(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof AgentError && cause.message.includes('unknown message');
}

/** Asks the agent; a failure says what it was asked. */
export async function ask<Name extends AgentActionName>(
  { agent, signal }: InstanceContext,
  name: Name,
  args: AgentArgs<Name>,
): ReturnType<typeof agent.call<Name>> {
  return await within(`Sending '${name}' to the agent`, signal, () => agent.call(name, args, { signal }));
}

const firstPollMs = 100;
const pollMs = 1000;

/** Waits until all jobs run: from the watch time's start to its end. */
export async function waitUntilRunning(ctx: InstanceContext, watchTime: WatchTime): Promise<void> {
  const { clock, signal } = ctx;
  const deadline = clock.now().getTime() + watchTime.endMs;
  await clock.sleep(watchTime.startMs, signal);
  for (let delay = firstPollMs; ; delay = Math.min(delay * 2, pollMs)) {
    const { job_state: state, processes } = await ask(ctx, 'get_state', []);
    if (state === 'running') return;
    if (clock.now().getTime() + delay >= deadline) throw notRunning(state, processes ?? []);
    await clock.sleep(delay, signal);
  }
}

function notRunning(
  state: string | undefined,
  processes: readonly { readonly name: string; readonly state: string }[],
): ExpectedError {
  const failing = processes.filter((process) => process.state !== 'running');
  const list = failing.map((process) => `${process.name} (${process.state})`).join(', ');
  return new ExpectedError(
    `The jobs do not run: their state is '${state}'${list === '' ? '' : `, that of these processes too: ${list}`}`,
    {
      hint: 'Look at /var/vcap/sys/log on the VM, or give update.update_watch_time more time, and run create-env again.',
    },
  );
}
