export type { AgentBus, AgentCallOptions, AgentClient } from './agent-client.ts';
export { AgentTimeout } from './agent-timeout.ts';
export { type HttpsAgent, type HttpsAgentOptions, httpsAgent } from './https-agent.ts';
export { openNatsBus } from './nats-bus.ts';
export { connectNats, type NatsConnectionOptions, type NatsTls } from './nats-connection.ts';
