import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the metadata service tells one VM. */
export interface VmMetadata {
  /** As a `SettingsDelivery` prepares it. */
  readonly userData: string;
  readonly instanceId: string;
  /** OpenSSH public key for the user vcap. */
  readonly publicKey?: string;
}

/** Where a metadata service listens, and what it knows. */
export interface MetadataServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Which VM asks, by its address; undefined for strangers, who get 404. */
  readonly metadataOf: (address: string) => Promise<VmMetadata | undefined>;
}

/** A running metadata service; disposing of it closes it. */
export interface MetadataServer extends AsyncDisposable {
  /** `http://HOST:PORT`: the `URI` of the agent's source `HTTP`. */
  readonly url: string;
}

const maxTokenSeconds = 21_600;

/**
 * A metadata service with EC2's paths, for clouds that have none: `/latest/user-data`, `/latest/meta-data/instance-id`,
 * `/latest/meta-data/public-keys/0/openssh-key`, and tokens (`PUT /latest/api/token`), which callers may use and need
 * not. A VM hears about itself only, so the network must not let it take another's address.
 */
export async function metadataServer({ host, port, metadataOf }: MetadataServerOptions): Promise<MetadataServer> {
  const tokens = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, { metadataOf, tokens }).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 500, ''),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${actual}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function answer(
  request: IncomingMessage,
  {
    metadataOf,
    tokens,
  }: { readonly metadataOf: MetadataServerOptions['metadataOf']; readonly tokens: Map<string, number> },
): Promise<Answer> {
  const path = (request.url ?? '').replace(/\/+$/, '');
  if (request.method === 'PUT' && path === '/latest/api/token') return newToken(request, tokens);
  if (request.method !== 'GET') return { status: 405, body: '' };
  const token = request.headers['x-aws-ec2-metadata-token'];
  if (token !== undefined && (tokens.get(String(token)) ?? 0) < Date.now()) return { status: 401, body: '' };
  const vm = await metadataOf((request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
  const body = vm && pageOf(vm, path);
  return body === undefined ? { status: 404, body: '' } : { status: 200, body };
}

function pageOf({ userData, instanceId, publicKey }: VmMetadata, path: string): string | undefined {
  if (path === '/latest/user-data') return userData;
  if (path === '/latest/meta-data/instance-id') return instanceId;
  return path === '/latest/meta-data/public-keys/0/openssh-key' ? publicKey : undefined;
}

function newToken(request: IncomingMessage, tokens: Map<string, number>): Answer {
  const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxTokenSeconds) return { status: 400, body: '' };
  const now = Date.now();
  for (const [token, end] of tokens) if (end < now) tokens.delete(token);
  const token = randomBytes(32).toString('base64url');
  tokens.set(token, now + seconds * 1000);
  return { status: 200, body: token };
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(body);
}
