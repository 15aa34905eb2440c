import { createReadStream } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: Connections;
  readonly body?: { readonly path: string; readonly bytes: number };
  readonly signal: AbortSignal | undefined;
}

/** Kept open between requests. */
export interface Connections {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

const silenceMs = 300_000;

export function openConnections(
  tls: { readonly ca?: string; readonly rejectUnauthorized?: boolean } = {},
): Connections {
  return {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true, ...tls }),
  };
}

/** Sends a request and answers the response as soon as its headers are there; its body is the caller's to read. */
export function sendRequest(request: HttpRequest): Promise<IncomingMessage> {
  const { url, method, connections, body, signal } = request;
  const length = body === undefined ? {} : { 'content-length': String(body.bytes) };
  const options = { method, headers: { ...request.headers, ...length }, ...(signal === undefined ? {} : { signal }) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = url.startsWith('https:')
    ? https.request(url, { ...options, agent: connections.https })
    : http.request(url, { ...options, agent: connections.http });
  sent.setTimeout(silenceMs, () => sent.destroy(new Error(`The server was silent for ${silenceMs / 1000} s`)));
  sent.on('response', resolve);
  // After an early answer, a refusal say, the rest of the body finds the connection closed: the answer counts.
  sent.on('error', reject);
  if (body === undefined) sent.end();
  else pipeline(createReadStream(body.path, { highWaterMark: 1 << 18 }), sent, (error) => error && reject(error));
  return promise;
}
