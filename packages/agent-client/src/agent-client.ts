import type { AgentActionName, AgentArgs, AgentValue } from '@boti/agent-protocol';

export interface AgentCallOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for one reply; 45 s when absent. */
  readonly timeoutMs?: number;
  /** How often to ask again when a reply does not come; upstream's per-method defaults when absent. */
  readonly retries?: number;
}

/**
 * One agent. `call` answers the final value: for asynchronous actions it polls `get_task` until the task has ended, and
 * sends `cancel_task` when the signal is aborted and throws the signal's reason; only `run_errand` then still answers what
 * the cancelled errand has left (exit code 143). Throws AgentError (the agent's exception) or AgentTimeout.
 */
export interface AgentClient {
  call<Name extends AgentActionName>(
    name: Name,
    args: AgentArgs<Name>,
    options?: AgentCallOptions,
  ): Promise<AgentValue<Name>>;
  /** Sends without awaiting an answer (`shutdown`, `delete_arp_entries`). */
  notify<Name extends AgentActionName>(name: Name, args: AgentArgs<Name>): void;
  /** Pings until the agent answers; throws AgentTimeout after `timeoutMs`. */
  waitUntilReady(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>;
}

/** A connection to the bus over which any agent can be reached. */
export interface AgentBus extends AsyncDisposable {
  /** `name`: the instance as operators know it (`redis/0b1c…`), for error texts. */
  agent(agentId: string, options?: { readonly name?: string }): AgentClient;
  /** Whether anybody on the bus listens for the agent's messages: one that does and does not answer is not disconnected. */
  isListening(agentId: string): Promise<boolean>;
  /** Publishes a message that is for the health monitor, not for an agent (`hm.director.alert`). */
  publish(subject: string, payload: unknown): void;
  /** Calls `receive` with each message on `subject` (wildcards allowed); ends when disposed. */
  subscribe(subject: string, receive: (subject: string, payload: unknown) => void): Disposable;
}
