import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlobDirectory } from '@boti/blobstore';
import type { Clock, Logger } from '@boti/core';
import { basicAccess, isSignedFor, type Verb } from './access.ts';
import { answer } from './answer.ts';
import { type BlobRequest, blobRequest } from './blob-request.ts';
import type { BlobstoreServerConfig } from './config.ts';
import { sendBlob } from './send-blob.ts';
import { storeBlob } from './store-blob.ts';
import { ClientBrokeOff } from './upload-body.ts';

export interface ServerDeps {
  readonly config: Pick<BlobstoreServerConfig, 'users' | 'secret' | 'max_blob_bytes'>;
  readonly directory: BlobDirectory;
  readonly logger: Logger;
  readonly clock: Clock;
}

type AboutBlob = Extract<BlobRequest, { kind: 'blob' }>;

const plainVerbs: readonly string[] = ['GET', 'HEAD', 'PUT', 'DELETE'] satisfies Verb[];
// BOSH: signed URLs never delete (nginx's configuration of upstream's blobstore).
const signedVerbs: readonly string[] = ['GET', 'HEAD', 'PUT'] satisfies Verb[];

/** Answers one request; whatever goes wrong ends in a status and a line in the log. */
export async function handleRequest(
  deps: ServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { logger } = deps;
  const about = blobRequest(request);
  const fields = { method: request.method, ...(about.kind === 'blob' && { blob: about.id, signed: about.isSigned }) };
  try {
    const status = await route(deps, about, request, response);
    const level = status >= 500 ? 'error' : request.method === 'PUT' || request.method === 'DELETE' ? 'info' : 'debug';
    logger[level]('request answered', { ...fields, status });
  } catch (error) {
    if (error instanceof ClientBrokeOff || response.destroyed) {
      logger.warn('the client broke off', fields);
    } else {
      logger.error('request failed', { ...fields, error });
    }
    if (response.headersSent) response.destroy();
    else await answer(response, 500);
  }
}

async function route(
  deps: ServerDeps,
  about: BlobRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  if (about.kind === 'health') return await answer(response, 200);
  if (about.kind === 'unknown') return await answer(response, 404);
  const allowed = about.isSigned ? signedVerbs : plainVerbs;
  const verb = request.method ?? '';
  if (!allowed.includes(verb)) return await answer(response, 405, { allow: allowed.join(', ') });
  const access = accessTo(deps, about, verb as Verb, request);
  if (access === 401) return await answer(response, 401, { 'www-authenticate': 'Basic realm="blobstore"' });
  if (access === 403) return await answer(response, 403);
  return await serve(deps, about, request, response);
}

function accessTo({ config, clock }: ServerDeps, about: AboutBlob, verb: Verb, request: IncomingMessage) {
  if (!about.isSigned) return basicAccess(config.users, verb, request.headers.authorization);
  const now = Math.floor(clock.now().getTime() / 1000);
  return isSignedFor({ secret: config.secret, verb, id: about.id, query: about.query, now }) ? 'allowed' : 403;
}

async function serve(
  { config, directory }: ServerDeps,
  { id }: AboutBlob,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  if (request.method === 'PUT') {
    return await storeBlob({ directory, id, maxBytes: config.max_blob_bytes }, request, response);
  }
  if (request.method === 'DELETE') return await answer(response, (await directory.delete(id)) ? 204 : 404);
  return await sendBlob({ directory, id }, request, response);
}
