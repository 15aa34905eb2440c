import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RegistryConfig } from './config.ts';
import { handleRequest, type RegistryDeps } from './handle-request.ts';

const drainMs = 5000;

/** Serves settings on all configured addresses. Disposing of it lets running requests end. */
export async function startServer(
  config: Pick<RegistryConfig, 'listen' | 'tls'>,
  deps: RegistryDeps,
): Promise<AsyncDisposable & { readonly urls: readonly string[] }> {
  await using undo = new AsyncDisposableStack();
  const urls: string[] = [];
  for (const { host, port } of config.listen) {
    const server = createListener(config.tls, deps);
    server.listen(port, host);
    await once(server, 'listening');
    undo.defer(() => stop(server));
    urls.push(urlOf(server.address() as AddressInfo, config.tls !== undefined));
  }
  const running = undo.move();
  return { urls, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function createListener(tls: RegistryConfig['tls'], deps: RegistryDeps): Server {
  const listener: RequestListener = (request, response) => void handleRequest(deps, request, response);
  if (tls === undefined) return createServer(listener);
  const [cert, key] = [readFileSync(tls.certificate_file), readFileSync(tls.private_key_file)];
  return createTlsServer({ cert, key }, listener);
}

function urlOf({ family, address, port }: AddressInfo, isTls: boolean): string {
  return `${isTls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const last = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(last);
}
