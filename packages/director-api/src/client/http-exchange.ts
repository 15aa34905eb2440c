import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** A body that can be sent again from its start, which a retry or a second attempt with fresh credentials needs. */
export interface StreamBody {
  readonly length: number;
  open(): Readable;
}

export type HttpBody = string | Uint8Array | StreamBody;

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  readonly agent: Agent;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Header names and values as they came, in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: IncomingMessage;
}

/** One request, one reply; no retries, no redirects. The caller must read or destroy the reply's body. */
export async function exchange(options: HttpRequest): Promise<HttpReply> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method, url, agent, signal, body } = options;
  const headers = { ...options.headers, ...lengthHeader(method, body) };
  const outgoing = request(url, { method, headers, agent, ...(signal === undefined ? {} : { signal }) });
  outgoing.on('response', resolve);
  outgoing.on('error', reject);
  if (isStreamBody(body)) {
    // A reply that comes before the upload has ended (401, 404) breaks the pipe; the reply is what counts then.
    pipeline(body.open(), outgoing).catch(reject);
  } else {
    outgoing.end(body);
  }
  const reply = await promise;
  return {
    status: reply.statusCode ?? 0,
    statusText: reply.statusMessage ?? '',
    headers: reply.headers,
    rawHeaders: reply.rawHeaders,
    body: reply,
  };
}

export async function readBody(reply: HttpReply): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply.body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function isStreamBody(body: HttpBody | undefined): body is StreamBody {
  return typeof body === 'object' && 'open' in body;
}

function lengthHeader(method: HttpMethod, body: HttpBody | undefined): Record<string, string> {
  if (body === undefined) return method === 'POST' || method === 'PUT' ? { 'Content-Length': '0' } : {};
  if (typeof body === 'string') return { 'Content-Length': String(Buffer.byteLength(body)) };
  return { 'Content-Length': String(body.length) };
}
