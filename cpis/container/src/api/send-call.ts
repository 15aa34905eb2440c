import { createReadStream } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '@boti/core';
import type { RemoteConfig } from '../config.ts';
import { callPath } from './call-message.ts';

export interface OutgoingCall {
  readonly id: string;
  /** The head, as one line of JSON. */
  readonly line: string;
  readonly image: { readonly path: string; readonly bytes: number } | undefined;
  readonly signal: AbortSignal;
}

/** The server had closed a connection that was kept, just as this call was sent on it. It was not begun there. */
export class StaleConnection extends Error {}

/**
 * Sends a call and waits for the beginning of its answer. When it is cancelled, the server is told, and answers once it
 * has undone what it had made; an image that is still on its way is broken off.
 */
export async function sendCall(target: RemoteConfig, agent: Agent, call: OutgoingCall): Promise<IncomingMessage> {
  const { id, line, image, signal } = call;
  const bytes = Buffer.byteLength(line) + (image?.bytes ?? 0);
  const outgoing = open(target, agent, { method: 'POST', path: callPath(id) });
  outgoing.setHeader('content-length', bytes);
  const answered = answerTo(outgoing, image !== undefined);
  let isSent = image === undefined;
  const cancel = (): void => {
    if (isSent)
      open(target, agent, { method: 'DELETE', path: callPath(id) })
        .on('error', nothing)
        .end();
    else outgoing.destroy(signal.reason as Error);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (image === undefined) outgoing.end(line);
    else {
      await leaveToSend(outgoing, answered);
      await Promise.race([answered, pipeline(content(line, image.path), outgoing)]);
      isSent = true;
    }
    return await answered;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const nothing = (): void => undefined;

function open(
  { url, token }: RemoteConfig,
  agent: Agent,
  { method, path }: { readonly method: string; readonly path: string },
): ClientRequest {
  const outgoing = request(new URL(path, url), { method, agent });
  outgoing.setHeader('authorization', `Bearer ${token}`);
  outgoing.setHeader('content-type', 'application/json');
  // An answer that nobody reads would keep its connection.
  outgoing.on('response', (response) => method === 'DELETE' && response.resume());
  return outgoing;
}

function answerTo(outgoing: ClientRequest, hasImage: boolean): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.on('response', resolve);
  outgoing.on('error', (error) => {
    const isStale = outgoing.reusedSocket && errnoOf(error) === 'ECONNRESET' && !hasImage;
    reject(isStale ? new StaleConnection() : error);
  });
  promise.catch(nothing);
  return promise;
}

/** Before an image is sent the server has checked token and size. */
async function leaveToSend(outgoing: ClientRequest, answered: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  outgoing.once('continue', resolve);
  outgoing.setHeader('expect', '100-continue');
  outgoing.flushHeaders();
  await Promise.race([promise, answered]);
}

async function* content(line: string, imagePath: string): AsyncGenerator<Buffer> {
  yield Buffer.from(line);
  yield* createReadStream(imagePath, { highWaterMark: 2 ** 20 });
}
