import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ServiceAction, serviceActions } from './act.ts';
import type { Engine } from './engine.ts';
import { uptimeSeconds } from './process-table.ts';
import { statusXml } from './status-xml.ts';

export interface HttpApiDeps {
  readonly engine: Engine;
  /** File with a line `user:password`, read for each request: the agent writes it after the supervisor has started. */
  readonly credentialsFile: string;
  /** Loads the configuration anew; answers the problems found in it. */
  readonly reload: () => readonly string[];
  readonly wake: () => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** monit's HTTP interface: `GET /_status2?format=xml`, `POST /<service>` with `action=…`, `POST /_runtime` to reload. */
export function httpApi(deps: HttpApiDeps): Server {
  return createServer((request, response) => {
    if (!isAllowed(request, deps.credentialsFile)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="monit"' }).end('You are not authorized\n');
      return;
    }
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => {
      if (body.length < 10_000) body += chunk;
    });
    request.on('end', () => reply(response, answer(request, body, deps)));
  });
}

function reply(response: ServerResponse, { status, body, type = 'text/plain; charset=utf-8' }: Answer): void {
  response.writeHead(status, { 'content-type': type, server: 'monit 5.2.5', connection: 'close' }).end(body);
}

function answer(request: IncomingMessage, body: string, deps: HttpApiDeps): Answer {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const name = decodeURIComponent(pathname.slice(1));
  if (request.method === 'GET' && (name === '_status2' || name === '_status')) return status(deps.engine);
  if (request.method !== 'POST') return { status: 404, body: 'There is no such page\n' };
  const action = new URLSearchParams(body).get('action') ?? '';
  if (name === '_runtime') return runtime(action, deps);
  if (!deps.engine.services.has(name)) return { status: 404, body: `There is no service named "${name}"\n` };
  if (!isServiceAction(action)) return { status: 400, body: `Invalid action "${action}"\n` };
  deps.engine.act(name, action);
  deps.wake();
  return { status: 200, body: `${action} ${name}\n` };
}

function isServiceAction(action: string): action is ServiceAction {
  return serviceActions.includes(action as ServiceAction);
}

function status(engine: Engine): Answer {
  return { status: 200, body: statusXml(engine, uptimeSeconds()), type: 'text/xml' };
}

function runtime(action: string, { reload }: HttpApiDeps): Answer {
  if (action !== 'reload') return { status: 400, body: `Invalid action "${action}"\n` };
  const problems = reload();
  return problems.length === 0
    ? { status: 200, body: 'reloaded\n' }
    : { status: 422, body: `${problems.join('\n')}\n` };
}

function isAllowed(request: IncomingMessage, credentialsFile: string): boolean {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  const given = Buffer.from(encoded, 'base64');
  return scheme === 'Basic' && credentialsIn(credentialsFile).some((line) => isSame(Buffer.from(line), given));
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function credentialsIn(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes(':'));
  } catch {
    return [];
  }
}
