import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface TlsFiles {
  readonly certificate_file: string;
  readonly private_key_file: string;
}

export interface Listeners {
  readonly addresses: readonly Address[];
  readonly tls: TlsFiles | undefined;
  readonly onRequest: RequestListener;
  /** Running requests get this long to end. */
  readonly drainMs: number;
  readonly options?: ServerOptions;
  /** Further settings of each server before it listens. */
  readonly prepare?: (server: Server) => void;
}

/** Serves HTTP, or HTTPS, on all addresses. Disposing of it lets running requests end. */
export async function listenOn(listeners: Listeners): Promise<AsyncDisposable & { readonly urls: readonly string[] }> {
  await using undo = new AsyncDisposableStack();
  const urls: string[] = [];
  for (const { host, port } of listeners.addresses) {
    const server = create(listeners);
    listeners.prepare?.(server);
    server.listen(port, host);
    await once(server, 'listening');
    undo.defer(() => stop(server, listeners.drainMs));
    urls.push(urlOf(server.address() as AddressInfo, listeners.tls !== undefined));
  }
  const running = undo.move();
  return { urls, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function create({ tls, onRequest, options = {} }: Listeners): Server {
  if (tls === undefined) return createServer(options, onRequest);
  const [cert, key] = [readFileSync(tls.certificate_file), readFileSync(tls.private_key_file)];
  return createTlsServer({ ...options, cert, key }, onRequest);
}

function urlOf({ family, address, port }: AddressInfo, isTls: boolean): string {
  return `${isTls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function stop(server: Server, drainMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection whose request ends from now on turns idle and would be kept for the next one.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const last = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(last);
}
