import { randomUUID } from 'node:crypto';
import { type AgentReply, agentReplySchema, agentSubject, directorProtocol, replySubject } from '@boti/agent-protocol';
import { type Logger, silentLogger } from '@boti/core';
import { type Msg, type NatsConnection, RequestError } from '@nats-io/transport-node';
import type { AgentBus } from './agent-client.ts';
import { AgentTimeout } from './agent-timeout.ts';
import type { AgentCall, AgentTransport, ReplyWait } from './agent-transport.ts';
import { connectNats, type NatsConnectionOptions } from './nats-connection.ts';
import { pollingAgent } from './polling-agent.ts';

interface Pending {
  readonly resolve: (reply: AgentReply) => void;
}

/**
 * Opens the Director's end of the bus. All replies come to one subscription, `director.<uuid of this process>.>`; the last
 * segment of the subject is the request's id. Source: bosh nats_rpc.rb.
 */
export async function openNatsBus(options: NatsConnectionOptions): Promise<AgentBus> {
  const connection = await connectNats({ connectTimeoutMs: 15_000, ...options });
  return natsBus(connection, options.logger ?? silentLogger);
}

function natsBus(connection: NatsConnection, logger: Logger): AgentBus {
  const processUuid = randomUUID();
  const pending = new Map<string, Pending>();
  connection.subscribe(`director.${processUuid}.>`, {
    callback: (error, message) => {
      if (error === null) settle(pending, message, logger);
    },
  });
  const publish = (subject: string, payload: unknown): void => connection.publish(subject, JSON.stringify(payload));
  const requests: Requests = { processUuid, pending, publish };
  return {
    agent: (agentId, { name = '' } = {}) => pollingAgent(natsTransport(requests, agentId, name)),
    isListening: (agentId) => isListening(connection, requests, agentId),
    publish,
    subscribe: (subject, receive) => subscribe(connection, subject, receive, logger),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

interface Requests {
  readonly processUuid: string;
  readonly pending: Map<string, Pending>;
  readonly publish: (subject: string, payload: unknown) => void;
}

function natsTransport(requests: Requests, agentId: string, instance: string): AgentTransport {
  const send = ({ method, args }: AgentCall, requestId: string): void =>
    requests.publish(agentSubject(agentId), {
      protocol: directorProtocol,
      method,
      arguments: args,
      reply_to: replySubject(requests.processUuid, agentId, requestId),
    });
  return {
    agentId,
    instance,
    request: (call, wait) =>
      awaitReply(requests, wait, { agentId, instance, method: call.method }, (id) => send(call, id)),
    notify: (call) => send(call, randomUUID()),
    isTransient: () => false,
  };
}

const probeMs = 1000;

/** The server says at once when a request has no listener; no answer within the time means that somebody has got it. */
async function isListening(connection: NatsConnection, { processUuid }: Requests, agentId: string): Promise<boolean> {
  const reply = replySubject(processUuid, agentId, randomUUID());
  const ping = { protocol: directorProtocol, method: 'ping', arguments: [], reply_to: reply };
  // Not under the subject of the other replies: the server tells only one subscription that nobody listens.
  const options = { timeout: probeMs, noMux: true, reply: `director.probe.${randomUUID()}` };
  try {
    await connection.request(agentSubject(agentId), JSON.stringify(ping), options);
    return true;
  } catch (error) {
    return !(error instanceof RequestError && error.isNoResponders());
  }
}

interface Whom {
  readonly agentId: string;
  readonly instance: string;
  readonly method: string;
}

async function awaitReply(
  { pending }: Requests,
  { timeoutMs, signal }: ReplyWait,
  whom: Whom,
  send: (requestId: string) => void,
): Promise<AgentReply> {
  signal?.throwIfAborted();
  const requestId = randomUUID();
  const { promise, resolve, reject } = Promise.withResolvers<AgentReply>();
  const timer = setTimeout(() => reject(new AgentTimeout({ ...whom, seconds: timeoutMs / 1000 })), timeoutMs);
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  pending.set(requestId, { resolve });
  try {
    send(requestId);
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    pending.delete(requestId);
  }
}

function settle(pending: Map<string, Pending>, message: Msg, logger: Logger): void {
  const requestId = message.subject.slice(message.subject.lastIndexOf('.') + 1);
  const waiting = pending.get(requestId);
  if (waiting === undefined) return;
  try {
    waiting.resolve(agentReplySchema.parse(message.json()) as AgentReply);
  } catch {
    logger.warn('an agent sent a reply that is not understood', { subject: message.subject });
  }
}

function subscribe(
  connection: NatsConnection,
  subject: string,
  receive: (subject: string, payload: unknown) => void,
  logger: Logger,
): Disposable {
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return;
      const payload = parseJson(message);
      if (payload === undefined) logger.warn('a message on the bus is not JSON', { subject: message.subject });
      else receive(message.subject, payload);
    },
  });
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}

function parseJson(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
