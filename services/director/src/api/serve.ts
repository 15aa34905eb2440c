import { readFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { ExpectedError, messageOf } from '@boti/core';
import type { FastifyInstance } from 'fastify';

export interface ListenOptions {
  readonly hosts: readonly string[];
  readonly port: number;
  /** PEM files. */
  readonly certificate: string;
  readonly privateKey: string;
}

export interface ApiServers {
  readonly urls: readonly string[];
  /** Takes no new connection, ends idle ones and waits, at most `graceMs`, for the requests under way. */
  close(graceMs: number): Promise<void>;
}

/** Serves the application over HTTPS on every host; with port 0 the first one's choice is taken for all. */
export async function serveApi(app: FastifyInstance, options: ListenOptions): Promise<ApiServers> {
  const tls = { cert: await readFile(options.certificate), key: await readFile(options.privateKey) };
  const servers: https.Server[] = [];
  const urls: string[] = [];
  let { port } = options;
  try {
    for (const host of options.hosts) {
      const server = https.createServer({ ...tls, minVersion: 'TLSv1.2' }, (request, response) =>
        app.routing(request, response),
      );
      // An upload takes as long as it takes.
      server.requestTimeout = 0;
      servers.push(server);
      port = await listen(server, host, port);
      urls.push(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => end(server, 0)));
    throw error;
  }
  return {
    urls,
    close: async (graceMs) => {
      await Promise.all(servers.map((server) => end(server, graceMs)));
      await app.close();
    },
  };
}

async function listen(server: https.Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new ExpectedError(`The API cannot listen on ${host}:${port}: ${messageOf(cause)}`, { cause });
  } finally {
    server.off('error', reject);
  }
  return (server.address() as AddressInfo).port;
}

function end(server: https.Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (!server.listening) return Promise.resolve();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  server.close(() => {
    clearTimeout(timer);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}
