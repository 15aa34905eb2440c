import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const drainMs = 5_000;

/** Ends a response with a status and its usual text; answers the status, for the log. */
export async function answer(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders = {},
): Promise<number> {
  await drain(response.req);
  const hasBody = status !== 204;
  const text = hasBody ? `${STATUS_CODES[status] ?? status}\n` : '';
  const length = hasBody ? { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) } : {};
  // What is left of a body would be taken for the next request.
  const close = response.req.complete ? {} : { connection: 'close' };
  response.writeHead(status, { ...length, ...close, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : text);
  return status;
}

/** A client that is still sending would lose our answer with the connection; so hear it out, for a while. */
async function drain(request: IncomingMessage): Promise<void> {
  const isWaiting = request.headers.expect !== undefined;
  if (request.complete || request.destroyed || isWaiting) return;
  const done = new AbortController();
  request.once('close', () => done.abort());
  request.resume();
  await sleep(drainMs, undefined, { signal: done.signal, ref: false }).catch(() => undefined);
}
