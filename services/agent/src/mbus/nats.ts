import { connectNats } from '@boti/agent-client';
import { type AgentRequest, agentRequestSchema, agentSubject } from '@boti/agent-protocol';
import { ExpectedError, type Logger, messageOf } from '@boti/core';
import type { BusSettings } from '../settings/settings-store.ts';
import type { AgentBusEnd } from './bus.ts';
import type { Dispatch } from './dispatcher.ts';
import { fittingReply } from './reply-limit.ts';

export interface NatsBusOptions {
  readonly agentId: string;
  readonly bus: BusSettings;
  readonly dispatch: Dispatch;
  /** True when the next process shall answer this request. */
  readonly holds: (request: AgentRequest) => Promise<boolean>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Listens on `agent.<id>`. Tries for ever to connect: the server may learn of this agent only later. */
export async function natsBus({ agentId, bus, dispatch, holds, logger, signal }: NatsBusOptions): Promise<AgentBusEnd> {
  if (bus.cert === undefined) {
    throw new ExpectedError('The settings have no certificate for NATS', { hint: 'env.bosh.mbus.cert is missing.' });
  }
  const connection = await connectNats({ servers: bus.urls, tls: bus.cert, name: agentId, logger, signal });
  const answer = async (data: Uint8Array): Promise<void> => {
    const request = parseRequest(data, logger);
    if (request === undefined || (await holds(request))) return;
    const reply = await dispatch(request);
    if (request.reply_to !== '') connection.publish(request.reply_to, fittingReply(reply));
  };
  connection.subscribe(agentSubject(agentId), {
    callback: (error, message) => {
      if (error !== null) return;
      answer(message.data).catch((failure) => logger.error('a request was not answered', { error: failure }));
    },
  });
  await connection.flush();
  return {
    async publish(topic, payload) {
      connection.publish(`hm.agent.${topic}.${agentId}`, JSON.stringify(payload));
      if (topic === 'shutdown') await connection.flush();
    },
    reply: (subject, payload) => connection.publish(subject, JSON.stringify(payload)),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

function parseRequest(data: Uint8Array, logger: Logger): AgentRequest | undefined {
  try {
    return agentRequestSchema.parse(JSON.parse(new TextDecoder().decode(data))) as AgentRequest;
  } catch (error) {
    logger.warn('a message is no request', { error: messageOf(error) });
    return undefined;
  }
}
