import { timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AgentRequest, agentRequestSchema } from '@boti/agent-protocol';
import { ExpectedError, errnoOf, type Logger, messageOf } from '@boti/core';
import type { Blobs } from '../blobs/blobs.ts';
import type { BusSettings } from '../settings/settings-store.ts';
import type { AgentBusEnd } from './bus.ts';
import type { Dispatch } from './dispatcher.ts';

export interface HttpsBusOptions {
  /** The first URL names address, port and credentials: `https://user:password@host:port`. */
  readonly bus: BusSettings;
  readonly dispatch: Dispatch;
  readonly blobs: Blobs;
  readonly logger: Logger;
}

/** Serves `/agent` and `/blobs` for create-env. Heartbeats and alerts have no receiver there. */
export async function httpsBus({ bus, dispatch, blobs, logger }: HttpsBusOptions): Promise<AgentBusEnd> {
  const { cert, urls } = bus;
  if (cert === undefined) {
    throw new ExpectedError('The settings have no certificate for the HTTPS bus', {
      hint: 'env.bosh.mbus.cert is missing.',
    });
  }
  const url = new URL(urls[0] ?? '');
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const server = createServer(
    { cert: cert.certificate, key: cert.private_key, minVersion: 'TLSv1.2' },
    (request, response) => {
      serve(request, response, { credentials, dispatch, blobs }).catch((error) => {
        logger.warn('an HTTPS request failed', { path: request.url, error: messageOf(error) });
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(Number(url.port || 443), url.hostname.replaceAll(/[[\]]/g, ''), resolve);
  await promise;
  return {
    publish: () => Promise.resolve(),
    reply: () => undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Served {
  readonly credentials: string;
  readonly dispatch: Dispatch;
  readonly blobs: Blobs;
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  if (!isAuthorized(request, served.credentials)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm=""' }).end();
    return;
  }
  const path = new URL(request.url ?? '/', 'https://localhost').pathname;
  if (path === '/agent' && request.method === 'POST') await serveAction(request, response, served.dispatch);
  else if (path.startsWith('/blobs/')) await serveBlob(request, response, served.blobs);
  else response.writeHead(404).end();
}

async function serveAction(request: IncomingMessage, response: ServerResponse, dispatch: Dispatch): Promise<void> {
  const body = await text(request);
  const reply = await dispatch(agentRequestSchema.parse(JSON.parse(body)) as AgentRequest);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
}

async function serveBlob(request: IncomingMessage, response: ServerResponse, blobs: Blobs): Promise<void> {
  const id = request.url?.split('?')[0]?.split('/').pop() ?? '';
  const path = blobs.localPath(id);
  if (request.method === 'PUT') {
    await receive(request, path);
    response.writeHead(201).end();
  } else if (request.method === 'GET') await sendFile(response, path);
  else response.writeHead(404).end();
}

async function receive(request: IncomingMessage, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.part`;
  try {
    await pipeline(request, createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const file = createReadStream(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  file.once('open', () => resolve());
  file.once('error', reject);
  try {
    await promise;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  await pipeline(file, response);
}

function isAuthorized(request: IncomingMessage, credentials: string): boolean {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  const given = Buffer.from(encoded, 'base64');
  const expected = Buffer.from(credentials);
  return scheme === 'Basic' && given.length === expected.length && timingSafeEqual(given, expected);
}
