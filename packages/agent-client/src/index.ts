export type { AgentBus, AgentCallOptions, AgentClient } from './agent-client.ts';
