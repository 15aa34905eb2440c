import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@boti/core';
import type { HealthMonitorConfig } from './config.ts';
import type { Fleet } from './fleet.ts';
import { metrics } from './metrics.ts';

/** BOSH: paths of counts by deployment. */
type Counts = Readonly<Record<string, number>>;

interface StatusDeps {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export interface StatusServer extends AsyncDisposable {
  readonly url: string;
}

/** `/healthz`, `/metrics` for Prometheus, and counts by deployment as JSON. */
export async function startStatusServer(
  { host, port }: HealthMonitorConfig['listen'],
  deps: StatusDeps,
): Promise<StatusServer> {
  const server = createServer((request, response) => answer(request, response, deps));
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${actual}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  { fleet, clock, timeoutMs }: StatusDeps,
): void {
  const now = clock.now().getTime();
  if (url === '/healthz') return void response.end('ok\n');
  if (url === '/metrics') {
    return void response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(metrics(fleet, now, timeoutMs));
  }
  const count = counts[url];
  if (count === undefined) return void response.writeHead(404).end();
  if (!fleet.isSynced) return void response.writeHead(503).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(count(fleet, now, timeoutMs)));
}

const counts: Readonly<Record<string, (fleet: Fleet, now: number, timeoutMs: number) => Counts>> = {
  '/unresponsive_agents': (fleet, now, timeoutMs) =>
    countBy(
      fleet
        .sick(now, timeoutMs)
        .filter(({ problem }) => problem === 'timed out')
        .map(({ instance }) => instance),
    ),
  '/total_available_agents': (fleet) => countBy([...fleet.agents.values()].flatMap(({ instance }) => instance ?? [])),
  '/failing_instances': (fleet) => inState(fleet, 'failing'),
  '/stopped_instances': (fleet) => inState(fleet, 'stopped'),
  '/unknown_instances': (fleet) => inState(fleet, undefined),
};

function inState(fleet: Fleet, state: string | undefined): Counts {
  const found = [...fleet.agents.values()].filter(({ heartbeat }) => heartbeat?.job_state === state);
  return countBy(found.flatMap(({ instance }) => instance ?? []));
}

function countBy(instances: readonly { readonly deployment: string }[]): Counts {
  const groups = Map.groupBy(instances, ({ deployment }) => deployment);
  return Object.fromEntries([...groups].map(([deployment, list]) => [deployment, list.length]));
}
