import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { text } from 'node:stream/consumers';
import { digestOfFile, errnoOf, messageOf } from '@boti/core';
import { CloudError, type CpiRequest, type CpiResponse } from '@boti/cpi-sdk';
import { z } from 'zod';
import type { RemoteConfig } from '../config.ts';
import type { CallHead, ImageHead } from './call-message.ts';
import { noAnswer, refused } from './client-errors.ts';
import type { RemoteCall } from './remote-call.ts';
import { type OutgoingCall, StaleConnection, sendCall } from './send-call.ts';

const responseSchema = z.object({
  result: z.unknown(),
  error: z.object({ type: z.string(), message: z.string(), ok_to_retry: z.boolean() }).nullable(),
  log: z.string(),
});

interface CallOptions {
  readonly signal: AbortSignal;
  readonly stderr: (text: string) => void;
}

/** Clients of container clouds; their connections are kept from call to call. */
export class ApiClients {
  readonly #agents = new Map<string, Agent>();

  /** Makes the call there and answers what it answers. Throws CloudError when there is no answer. */
  async call({ target, request }: RemoteCall, { signal, stderr }: CallOptions): Promise<CpiResponse> {
    signal.throwIfAborted();
    const image = await imageOf(request);
    const head: CallHead = { request: { ...request }, ...(image && { image: image.head }) };
    const call = {
      id: randomUUID(),
      line: `${JSON.stringify(head)}\n`,
      image: image && { path: image.path, bytes: image.head.bytes },
      signal,
    };
    const response = await this.#exchange(target, call);
    stderr(response.log);
    return response;
  }

  async #exchange(target: RemoteConfig, call: OutgoingCall): Promise<CpiResponse> {
    const send = (): Promise<IncomingMessage> => sendCall(target, this.#agentFor(target), call);
    try {
      const response = await send().catch((error: unknown) => {
        if (error instanceof StaleConnection) return send();
        throw error;
      });
      return await readResponse(target, response);
    } catch (cause) {
      if (cause instanceof CloudError) throw cause;
      throw noAnswer(target, cause);
    }
  }

  #agentFor({ url, ca }: RemoteConfig): Agent {
    const key = `${url}\n${ca}`;
    const agent = this.#agents.get(key) ?? new Agent({ keepAlive: true, ca, minVersion: 'TLSv1.2' });
    this.#agents.set(key, agent);
    return agent;
  }
}

async function imageOf({
  method,
  arguments: args,
}: CpiRequest): Promise<{ readonly path: string; readonly head: ImageHead } | undefined> {
  const [path] = args;
  if (method !== 'create_stemcell' || typeof path !== 'string') return undefined;
  try {
    const [{ size: bytes }, digest] = await Promise.all([stat(path), digestOfFile(path, 'sha256')]);
    return { path, head: { bytes, sha256: digest.replace('sha256:', '') } };
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw new CloudError('CloudError', `Stemcell image ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function readResponse(target: RemoteConfig, response: IncomingMessage): Promise<CpiResponse> {
  const body = await text(response);
  if (response.statusCode !== 200) throw refused(target, response.statusCode ?? 0, body);
  const parsed = responseSchema.safeParse(JSON.parse(body));
  if (!parsed.success) throw refused(target, 200, body);
  const { result, error, log } = parsed.data;
  return { result, error, log };
}
