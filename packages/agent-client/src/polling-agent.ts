import {
  type AgentActionName,
  AgentError,
  type AgentReply,
  type AgentValue,
  runningTaskSchema,
} from '@boti/agent-protocol';
import { type Clock, messageOf, systemClock } from '@boti/core';
import type { AgentCallOptions, AgentClient } from './agent-client.ts';
import { AgentTimeout } from './agent-timeout.ts';
import type { AgentCall, AgentTransport } from './agent-transport.ts';

const replyTimeoutMs = 45_000;
const cancelledResultTimeoutMs = 20_000;
const toleratedTransportErrors = 10;

// BOSH: bosh-director/lib/bosh/director/agent_client.rb: how often a request is repeated after a timeout.
const defaultRetries: Readonly<Partial<Record<AgentActionName, number>>> = {
  get_state: 2,
  get_task: 4,
  upload_blob: 3,
};
/** Limits for a whole task, polling included. */
const taskTimeoutMs: Readonly<Partial<Record<AgentActionName, number>>> = { stop: 300_000 };
const pollDelaysMs = [0, 20, 50, 100, 200, 400, 700] as const;
const lastPollDelayMs = 1000;
/** A ping to an agent that is not on the bus yet is lost: short waits at first find it as soon as it is. */
const firstPingMs = 50;
const lastPingMs = 1000;

/** An AgentClient over any transport: repeats unanswered requests, follows asynchronous tasks to their end. */
export function pollingAgent(transport: AgentTransport, clock: Clock = systemClock): AgentClient {
  return {
    async call(name, args, options = {}) {
      options.signal?.throwIfAborted();
      try {
        const first = await request(transport, { method: name, args }, options);
        const task = runningTaskSchema.safeParse(first);
        if (!task.success) return first as AgentValue<typeof name>;
        return (await followTask(transport, clock, { name, taskId: task.data.agent_task_id, options })) as never;
      } catch (error) {
        if (name === 'stop' && isServiceTimeout(error)) return 'stopped' as never;
        throw error;
      }
    },
    notify: (name, args) => transport.notify({ method: name, args }),
    waitUntilReady: (options) => waitUntilReady(transport, clock, options),
  };
}

/** One request; repeated after a timeout as often as the method allows. */
async function request(transport: AgentTransport, call: AgentCall, options: AgentCallOptions): Promise<unknown> {
  const retries = options.retries ?? defaultRetries[call.method as AgentActionName] ?? 0;
  const wait = { timeoutMs: options.timeoutMs ?? replyTimeoutMs, signal: options.signal };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return contentOf(await transport.request(call, wait));
    } catch (error) {
      if (!(error instanceof AgentTimeout) || attempt >= retries) throw error;
    }
  }
}

function contentOf(reply: AgentReply): unknown {
  if (!('exception' in reply)) return reply.value;
  const { message, blobstore_id: blobId } = reply.exception as { message: string; blobstore_id?: string };
  throw new AgentError(message, blobId === undefined ? {} : { blobId });
}

interface FollowedTask {
  readonly name: AgentActionName;
  readonly taskId: string;
  readonly options: AgentCallOptions;
}

async function followTask(transport: AgentTransport, clock: Clock, task: FollowedTask): Promise<unknown> {
  const limit = taskTimeoutMs[task.name];
  try {
    return await pollTask(transport, clock, { ...task, ...(limit === undefined ? {} : { limitMs: limit }) });
  } catch (error) {
    if (task.options.signal?.aborted !== true) throw error;
    return await cancelTask(transport, clock, task);
  }
}

/** An errand that was cancelled still has a result (exit code 143, output so far); everything else ends with the reason. */
async function cancelTask(transport: AgentTransport, clock: Clock, task: FollowedTask): Promise<unknown> {
  const reason: unknown = task.options.signal?.reason;
  try {
    await request(transport, { method: 'cancel_task', args: [task.taskId] }, { timeoutMs: 10_000 });
    if (task.name !== 'run_errand') throw reason;
    return await pollTask(transport, clock, { ...task, options: {}, limitMs: cancelledResultTimeoutMs });
  } catch {
    throw reason;
  }
}

async function pollTask(
  transport: AgentTransport,
  clock: Clock,
  { name, taskId, options, limitMs = Number.POSITIVE_INFINITY }: FollowedTask & { readonly limitMs?: number },
): Promise<unknown> {
  const start = clock.now().getTime();
  const { timeoutMs: _, retries: __, ...pollOptions } = options;
  for (let poll = 0, failures = 0; ; poll += 1) {
    await clock.sleep(pollDelaysMs[poll] ?? lastPollDelayMs, options.signal);
    if (clock.now().getTime() - start > limitMs) throw timeout(transport, name, limitMs);
    try {
      const value = await request(transport, { method: 'get_task', args: [taskId] }, pollOptions);
      if (!isStillRunning(value, taskId)) return value;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!transport.isTransient(error) || failures > toleratedTransportErrors) throw error;
    }
  }
}

function isStillRunning(value: unknown, taskId: string): boolean {
  const running = runningTaskSchema.safeParse(value);
  return running.success && running.data.agent_task_id === taskId;
}

async function waitUntilReady(
  transport: AgentTransport,
  clock: Clock,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const deadline = clock.now().getTime() + timeoutMs;
  for (let waitMs = firstPingMs; ; waitMs = Math.min(waitMs * 1.5, lastPingMs)) {
    const left = deadline - clock.now().getTime();
    if (left <= 0) throw timeout(transport, 'ping', timeoutMs);
    try {
      await request(
        transport,
        { method: 'ping', args: [] },
        { timeoutMs: Math.min(waitMs, left), ...(signal && { signal }) },
      );
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNotReady(transport, error)) throw error;
      if (!(error instanceof AgentTimeout)) await clock.sleep(Math.min(500, left), signal);
    }
  }
}

function isNotReady(transport: AgentTransport, error: unknown): boolean {
  if (error instanceof AgentTimeout || transport.isTransient(error)) return true;
  return error instanceof AgentError && error.message.includes('restarting agent');
}

// BOSH: agent_client.rb `stop`: services that do not stop in time are left to the shutdown of the VM.
function isServiceTimeout(error: unknown): boolean {
  return error instanceof AgentError && messageOf(error).includes('Timed out waiting for service');
}

function timeout({ agentId, instance }: AgentTransport, method: string, ms: number): AgentTimeout {
  return new AgentTimeout({ method, agentId, instance, seconds: ms / 1000 });
}
