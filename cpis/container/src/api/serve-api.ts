import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ExpectedError, type Logger } from '@boti/core';
import { type AgentOptions, hostLocks } from '@boti/cpi-sdk';
import type { ApiConfig, LocalConfig } from '../config.ts';
import { requireRoot } from '../host/index.ts';
import { handleRequest } from './handle-request.ts';
import { uploadsDir } from './receive-image.ts';
import { RunningCalls } from './running-calls.ts';

interface ServeOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told, as one JSON line, where the API listens. */
  readonly print: (line: string) => void;
}

/** Offers this machine's cloud until `signal` is aborted; then running calls are given up, undone and answered. */
export async function serveApi(
  { config, agent }: { readonly config: LocalConfig; readonly agent: AgentOptions },
  options: ServeOptions,
): Promise<void> {
  requireRoot();
  const { api } = config;
  if (api === undefined) {
    throw new ExpectedError("The configuration has no 'api': where to listen, certificate, tokens", {
      hint: 'cpis/container/README.md describes it.',
    });
  }
  const isOurs = await hostLocks(config.stateDir).tryRun('api', async () => {
    await rm(uploadsDir(config.stateDir), { recursive: true, force: true });
    const calls = new RunningCalls({ config, api, agent }, options);
    await serve(api, calls, options);
    return true;
  });
  if (isOurs === undefined) throw new ExpectedError(`Another process offers the cloud in ${config.stateDir} already`);
}

async function serve(api: ApiConfig, calls: RunningCalls, { logger, signal, print }: ServeOptions): Promise<void> {
  const [cert, key] = await Promise.all([readFile(api.certificate), readFile(api.privateKey)]);
  const answer = (message: IncomingMessage, response: ServerResponse): void => {
    handleRequest(message, response, { api, calls, logger }).catch((error: unknown) => {
      logger.error('a request failed', { error });
      response.destroy();
    });
  };
  await using servers = new AsyncDisposableStack();
  const urls: string[] = [];
  for (const { host, port } of api.listen) {
    const server = createServer({ cert, key, minVersion: 'TLSv1.2', ...timeLimits });
    servers.defer(() => closed(server));
    server.on('request', answer).on('checkContinue', answer);
    server.on('connection', (socket) => socket.setKeepAlive(true, keepAliveProbeMs));
    server.listen(port, host);
    await once(server, 'listening');
    urls.push(urlOf(host, (server.address() as AddressInfo).port));
  }
  print(JSON.stringify({ ready: true, urls }));
  if (!signal.aborted) await once(signal, 'abort');
  await calls.allAnswered();
}

const timeLimits = { headersTimeout: 10_000, requestTimeout: 3_600_000, keepAliveTimeout: 30_000 };
const keepAliveProbeMs = 15_000;

const urlOf = (host: string, port: number): string => `https://${host.includes(':') ? `[${host}]` : host}:${port}`;

async function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  await promise;
}
