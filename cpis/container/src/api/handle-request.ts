import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@boti/core';
import type { ApiConfig } from '../config.ts';
import { callIdPattern, maxHeadBytes } from './call-message.ts';
import { reply } from './reply.ts';
import type { RunningCalls } from './running-calls.ts';

interface Deps {
  readonly api: ApiConfig;
  readonly calls: RunningCalls;
  readonly logger: Logger;
}

/** One request of the API. Who has no token learns nothing but that. */
export async function handleRequest(
  message: IncomingMessage,
  response: ServerResponse,
  { api, calls, logger }: Deps,
): Promise<void> {
  const { method, url = '' } = message;
  if (!isKnown(message.headers.authorization, api.tokens)) {
    logger.warn('refused a request without a valid token', { from: message.socket.remoteAddress, method, url });
    return reply(response, 401, { error: 'The token is missing or wrong' });
  }
  if (Number(message.headers['content-length'] ?? 0) > api.maxImageMib * 2 ** 20 + maxHeadBytes) {
    return reply(response, 413, { error: `The container cloud takes images of up to ${api.maxImageMib} MiB` });
  }
  if (method === 'GET' && url === '/v1') return reply(response, 200, { cloud: 'container', version: 1 });
  const id = callIdPattern.exec(url)?.[1];
  if (id !== undefined && method === 'POST') return calls.answer(id, message, response);
  if (id !== undefined && method === 'DELETE') {
    calls.cancel(id);
    return reply(response, 200, {});
  }
  return reply(response, 404, { error: `The container cloud's API has no ${method} ${url}` });
}

/** Takes as long for a near miss as for a far one. */
function isKnown(authorization: string | undefined, tokens: readonly string[]): boolean {
  const given = digest(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '');
  return tokens.map((token) => timingSafeEqual(digest(token), given)).includes(true);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
