import type { AgentReply } from '@boti/agent-protocol';

export interface AgentCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface ReplyWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One way to reach one agent: asks and waits for a single reply, or tells without waiting. */
export interface AgentTransport {
  readonly agentId: string;
  readonly instance: string;
  /** Throws AgentTimeout when no reply comes in time. */
  request(call: AgentCall, wait: ReplyWait): Promise<AgentReply>;
  notify(call: AgentCall): void;
  /** Failures of the way itself (connection refused) that are worth another `get_task`. */
  isTransient(error: unknown): boolean;
}
