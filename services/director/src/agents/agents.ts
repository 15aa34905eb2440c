import { type AgentBus, type AgentClient, AgentTimeout } from '@boti/agent-client';
import { AgentError } from '@boti/agent-protocol';
import type { Agents } from '../deploy/context.ts';
import { RpcRemoteException, RpcTimeout } from '../errors.ts';

/** Agents by id, whose failures carry the Director's error numbers. */
export function agentsOn(bus: AgentBus): Agents {
  return {
    of: (agentId, instance) => numbered(bus.agent(agentId, { name: instance })),
    isListening: (agentId) => bus.isListening(agentId),
  };
}

function numbered(agent: AgentClient): AgentClient {
  return {
    call: (name, args, options) => rename(agent.call(name, args, options)),
    notify: (name, args) => agent.notify(name, args),
    waitUntilReady: (options) => rename(agent.waitUntilReady(options)),
  };
}

async function rename<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AgentError) throw new RpcRemoteException(error.message);
    if (error instanceof AgentTimeout)
      throw new RpcTimeout(error.message, error.hint === undefined ? {} : { hint: error.hint });
    throw error;
  }
}
