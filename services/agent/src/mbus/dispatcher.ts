import type { AgentReply, AgentRequest } from '@boti/agent-protocol';
import { ExpectedError, type Logger, messageOf } from '@boti/core';
import type { Action } from '../actions/action.ts';
import type { TaskQueue } from '../tasks/task-queue.ts';

export type Dispatch = (request: AgentRequest) => Promise<AgentReply>;

type AnyAction = Omit<Action, 'run'> & {
  run(args: readonly unknown[], context: unknown): unknown;
};

/** Turns requests into replies: runs synchronous actions at once, queues asynchronous ones. */
export function dispatcher(actions: ReadonlyMap<string, Action>, tasks: TaskQueue, logger: Logger): Dispatch {
  return async (request) => {
    const { method } = request;
    const action = actions.get(method) as AnyAction | undefined;
    if (action === undefined) {
      logger.warn('unknown action', { method });
      return failure(`unknown message ${method}`);
    }
    logRequest(action, request, logger);
    try {
      return { value: await run(action, request, tasks) };
    } catch (error) {
      logger.warn('an action failed', { method, error: messageOf(error) });
      return failure(`Action Failed ${method}: ${messageOf(error)}`);
    }
  };
}

function logRequest(action: AnyAction, { method, arguments: args }: AgentRequest, logger: Logger): void {
  if (method === 'get_task' || method === 'ping') return;
  logger.info('action', { method, ...(action.secret ? {} : { args }) });
}

async function run(action: AnyAction, request: AgentRequest, tasks: TaskQueue): Promise<unknown> {
  const { arguments: args, protocol } = request;
  const mode = typeof action.mode === 'function' ? action.mode(protocol) : action.mode;
  if (mode === 'async') return await queue(action, request, tasks);
  checkCount(action, args);
  return await action.run(args, { protocol, signal: new AbortController().signal, taskId: '' });
}

async function queue(action: AnyAction, request: AgentRequest, tasks: TaskQueue): Promise<unknown> {
  const { arguments: args, protocol } = request;
  const id = await tasks.start({
    method: action.name,
    isCancellable: action.isCancellable ?? false,
    isPersistent: action.isPersistent ?? false,
    payload: action.secret ? null : request,
    run: async (signal, taskId) => {
      checkCount(action, args);
      return await action.run(args, { protocol, signal, taskId });
    },
  });
  return { agent_task_id: id, state: 'running' };
}

function checkCount({ minArgs = 0 }: AnyAction, args: readonly unknown[]): void {
  if (args.length >= minArgs) return;
  throw new ExpectedError(`Not enough arguments, expected ${minArgs}, got ${args.length}`);
}

function failure(message: string): AgentReply {
  return { exception: { message } };
}
