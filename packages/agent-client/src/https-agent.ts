import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AgentReply, agentReplySchema } from '@boti/agent-protocol';
import { type Clock, ExpectedError, errnoOf } from '@boti/core';
import type { AgentClient } from './agent-client.ts';
import { AgentTimeout } from './agent-timeout.ts';
import type { AgentCall, AgentTransport } from './agent-transport.ts';
import { pollingAgent } from './polling-agent.ts';

export interface HttpsAgentOptions {
  /** `https://user:password@host:port` */
  readonly url: string;
  /** PEM text of the authority of the agent's certificate. Without it any certificate is accepted. */
  readonly ca?: string;
  /** Sent as `reply_to`; agents only log it. */
  readonly directorId?: string;
  readonly clock?: Clock;
}

/** An agent whose bus is its own HTTPS server, as `create-env` uses it; it also stores blobs. */
export interface HttpsAgent extends AgentClient, Disposable {
  uploadBlob(id: string, path: string, signal?: AbortSignal): Promise<void>;
  /** Throws ExpectedError when the agent has no such blob. */
  downloadBlob(id: string, path: string, signal?: AbortSignal): Promise<void>;
}

const transientCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ETIMEDOUT']);

export function httpsAgent({ url, ca, directorId = '', clock }: HttpsAgentOptions): HttpsAgent {
  const endpoint = connectionOf(url, ca);
  const client = pollingAgent(httpsTransport(endpoint, directorId), clock);
  return {
    ...client,
    async uploadBlob(id, path, signal) {
      const { size } = await stat(path);
      const headers = { 'content-length': size };
      const response = await send(
        endpoint,
        { verb: 'PUT', path: blobPath(id), headers, signal },
        createReadStream(path),
      );
      await expectStatus(response, 201, `Uploading blob '${id}'`);
      response.resume();
    },
    async downloadBlob(id, path, signal) {
      const response = await send(endpoint, { verb: 'GET', path: blobPath(id), signal });
      await expectStatus(response, 200, `Downloading blob '${id}'`);
      await pipeline(response, createWriteStream(path));
    },
    [Symbol.dispose]: () => endpoint.agent.destroy(),
  };
}

/** As the DAV blobstore lays them out. */
function blobPath(id: string): string {
  return `/blobs/${createHash('sha1').update(id).digest('hex').slice(0, 2)}/${id}`;
}

interface Endpoint {
  readonly origin: string;
  readonly host: string;
  readonly authorization: string;
  readonly agent: Agent;
}

function connectionOf(url: string, ca: string | undefined): Endpoint {
  const { origin, host, username, password } = new URL(url);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    origin,
    host,
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    agent: new Agent({ keepAlive: true, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) }),
  };
}

function httpsTransport(endpoint: Endpoint, directorId: string): AgentTransport {
  const ask = async ({ method, args }: AgentCall, signal?: AbortSignal): Promise<AgentReply> => {
    const body = JSON.stringify({ method, arguments: args, reply_to: directorId });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const response = await send(endpoint, { verb: 'POST', path: '/agent', headers, signal }, body);
    await expectStatus(response, 200, `Sending '${method}'`);
    return agentReplySchema.parse(JSON.parse(await text(response))) as AgentReply;
  };
  return {
    agentId: endpoint.host,
    instance: '',
    async request(call, { timeoutMs, signal }) {
      const timeout = AbortSignal.timeout(Math.ceil(timeoutMs));
      try {
        return await ask(call, signal === undefined ? timeout : AbortSignal.any([timeout, signal]));
      } catch (error) {
        signal?.throwIfAborted();
        if (!timeout.aborted) throw error;
        throw new AgentTimeout({
          method: call.method,
          agentId: endpoint.host,
          instance: '',
          seconds: timeoutMs / 1000,
        });
      }
    },
    notify: (call) => void ask(call).catch(() => undefined),
    isTransient: (error) => error instanceof AgentTimeout || transientCodes.has(errnoOf(error) ?? ''),
  };
}

interface Sent {
  readonly verb: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal | undefined;
}

function send(
  endpoint: Endpoint,
  { verb, path, headers, signal }: Sent,
  body?: string | Readable,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = httpsRequest(new URL(path, endpoint.origin), {
    method: verb,
    agent: endpoint.agent,
    headers: { authorization: endpoint.authorization, ...headers },
    ...(signal && { signal }),
  });
  request.on('response', resolve);
  request.on('error', reject);
  if (body === undefined || typeof body === 'string') request.end(body);
  else pipeline(body, request).catch(reject);
  return promise;
}

async function expectStatus(response: IncomingMessage, status: number, what: string): Promise<void> {
  if (response.statusCode === status) return;
  const answer = (await text(response)).trim().slice(0, 500);
  const hints: Readonly<Record<number, string>> = {
    401: "Check user and password in the agent's mbus URL.",
    404: 'The agent does not have it.',
  };
  const hint = hints[response.statusCode ?? 0];
  throw new ExpectedError(
    `${what} failed: the agent answered ${response.statusCode}${answer === '' ? '' : `: ${answer}`}`,
    hint === undefined ? {} : { hint },
  );
}
