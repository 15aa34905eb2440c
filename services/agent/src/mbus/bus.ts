/** How this agent is reached and how it speaks up. */
export interface AgentBusEnd extends AsyncDisposable {
  /** Publishes to `hm.agent.<topic>.<agent id>`; does nothing over HTTPS. */
  publish(topic: 'heartbeat' | 'alert' | 'shutdown', payload: unknown): Promise<void>;
  /** Answers a request of an earlier process. */
  reply(subject: string, payload: unknown): void;
}
