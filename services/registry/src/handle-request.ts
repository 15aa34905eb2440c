import type { IncomingMessage, ServerResponse } from 'node:http';
import { ExpectedError, type Logger } from '@boti/core';
import { isOwnAddress, isUser } from './access.ts';
import type { RegistryConfig } from './config.ts';
import type { SettingsStore } from './settings-store.ts';

export interface RegistryDeps {
  readonly users: RegistryConfig['users'];
  readonly store: SettingsStore;
  readonly logger: Logger;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const maxBodyBytes = 4 * 1024 * 1024;
const done: Answer = { status: 200, body: { status: 'ok' } };
const notFound: Answer = { status: 404, body: { status: 'not_found' } };
const accessDenied: Answer = { status: 401, body: { status: 'access_denied' } };
// BOSH: bosh-registry api_controller.rb answers 500 to whatever else is wrong, an address that may not ask included.
const refused: Answer = { status: 500, body: { status: 'error' } };

/** Answers one request; whatever goes wrong ends in a status and a line in the log, which holds no settings. */
export async function handleRequest(
  deps: RegistryDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, socket } = request;
  const id = instanceId(request.url ?? '');
  const fields = { method, instance: id, from: socket.remoteAddress };
  let answer = refused;
  try {
    answer = id === undefined ? notFound : await route(deps, id, request);
    deps.logger.info('request answered', { ...fields, status: answer.status });
  } catch (error) {
    deps.logger.error('request failed', { ...fields, error });
  }
  const challenge = answer === accessDenied ? { 'www-authenticate': 'Basic realm="Bosh Registry"' } : {};
  const close = request.complete ? {} : { connection: 'close' };
  response.writeHead(answer.status, { 'content-type': 'application/json', ...challenge, ...close });
  response.end(JSON.stringify(answer.body));
}

function instanceId(url: string): string | undefined {
  const [, id] = /^\/instances\/([^/?]+)\/settings(?:\?.*)?$/.exec(url) ?? [];
  return id === undefined ? undefined : decodeURIComponent(id);
}

async function route(deps: RegistryDeps, id: string, request: IncomingMessage): Promise<Answer> {
  const { store, users } = deps;
  const { authorization } = request.headers;
  const isKnown = authorization !== undefined && isUser(users, authorization);
  if (!isKnown && (authorization !== undefined || request.method !== 'GET')) return accessDenied;
  switch (request.method) {
    case 'GET':
      return await read(deps, id, isKnown ? undefined : (request.socket.remoteAddress ?? ''));
    case 'PUT':
      await store.put(id, await bodyOf(request));
      return done;
    case 'DELETE':
      await store.remove(id);
      return done;
    default:
      return notFound;
  }
}

/** `anonymous`: the address of a caller that has shown no credentials. */
async function read({ store, logger }: RegistryDeps, id: string, anonymous: string | undefined): Promise<Answer> {
  const settings = await store.get(id);
  if (settings === undefined) return notFound;
  if (anonymous !== undefined && !isOwnAddress(settings, anonymous)) {
    logger.warn('settings are not given to an address that is not of their VM', { instance: id, from: anonymous });
    return refused;
  }
  return { status: 200, body: { status: 'ok', settings } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new ExpectedError(`Settings of more than ${maxBodyBytes} bytes are not taken`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
