/** NATS subjects. Source: bosh-agent mbus/nats_handler.go, bosh nats_rpc.rb. */
export const agentSubject = (agentId: string): string => `agent.${agentId}`;
export const heartbeatSubject = (agentId: string): string => `hm.agent.heartbeat.${agentId}`;
export const alertSubject = (agentId: string): string => `hm.agent.alert.${agentId}`;
export const shutdownSubject = (agentId: string): string => `hm.agent.shutdown.${agentId}`;
export const directorAlertSubject = 'hm.director.alert';

/** Where one Director process receives the answer to one request; its last segment is the request's id. */
export const replySubject = (processUuid: string, agentId: string, requestUuid: string): string =>
  `director.${processUuid}.${agentId}.${requestUuid}`;
