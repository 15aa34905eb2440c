import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { BlobstoreServerConfig } from './config.ts';
import { handleRequest, type ServerDeps } from './handle-request.ts';

const headersTimeoutMs = 60_000;
const drainMs = 10_000;

/** Serves blobs on all configured addresses. Disposing of it lets running transfers end. */
export async function startServer(
  config: BlobstoreServerConfig,
  deps: ServerDeps,
): Promise<AsyncDisposable & { readonly urls: readonly string[] }> {
  await using undo = new AsyncDisposableStack();
  const urls: string[] = [];
  for (const { host, port } of config.listen) {
    const server = createListener(config, deps);
    server.listen(port, host);
    await once(server, 'listening');
    undo.defer(() => stop(server));
    urls.push(urlOf(server.address() as AddressInfo, config.tls !== undefined));
  }
  const running = undo.move();
  return { urls, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function createListener({ tls, idle_timeout_seconds: idleSeconds }: BlobstoreServerConfig, deps: ServerDeps): Server {
  const listener: RequestListener = (request, response) => void handleRequest(deps, request, response);
  // A big upload may take longer than any fixed time; what must not happen is that nothing moves.
  const options = { requestTimeout: 0, headersTimeout: headersTimeoutMs };
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createTlsServer(
          { ...options, cert: readFileSync(tls.certificate_file), key: readFileSync(tls.private_key_file) },
          listener,
        );
  // The body is asked for only once the request has been accepted.
  server.on('checkContinue', listener);
  server.setTimeout(idleSeconds * 1_000);
  return server;
}

function urlOf({ family, address, port }: AddressInfo, isTls: boolean): string {
  return `${isTls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection whose transfer ends from now on turns idle and would be kept for the next one.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const last = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(last);
}
