import type { AgentClient } from '@boti/agent-client';
import type { CpiClient } from '@boti/cpi-client';
import type { Cloud } from '@boti/cpi-sdk';
import type { Database, Sql } from './database/sql.ts';
import type { OpenServices } from './services.ts';

/**
 * Moments at which a task may be cut off: before and after each CPI call, agent call and database commit. Tests have the
 * process kill itself at one of them (`BOTI_CRASH_AT`, counted from 1) to see that the next deploy mends what is left.
 */
export interface CrashPoints {
  reach(name: string): void;
}

/** Kills the process with SIGKILL at point number `at`; with 0 it only counts. Each point is reported. */
export function crashPoints(at: number, report: (point: number, name: string) => void): CrashPoints {
  let reached = 0;
  return {
    reach(name) {
      reached += 1;
      report(reached, name);
      if (reached === at) process.kill(process.pid, 'SIGKILL');
    },
  };
}

/** The same services, with a crash point around everything they do outside of the process. */
export function withCrashPoints(services: OpenServices, points: CrashPoints): OpenServices {
  return {
    ...services,
    database: databaseWith(services.database, points),
    cpis: { client: (cpi) => cpiWith(services.cpis.client(cpi), points) },
    agents: { of: (agentId, instance) => agentWith(services.agents.of(agentId, instance), points) },
  };
}

async function around<T>(points: CrashPoints, name: string, work: () => Promise<T>): Promise<T> {
  points.reach(`before ${name}`);
  const result = await work();
  points.reach(`after ${name}`);
  return result;
}

function databaseWith(database: Database, points: CrashPoints): Database {
  return {
    query: <Row>(text: string, values?: readonly unknown[]) => {
      const verb = /^\s*(insert|update|delete)\s+(?:into|from)?\s*(\w+)/i.exec(text);
      const run = (): ReturnType<Sql['query']> => database.query<Row>(text, values);
      const answer = verb === null ? run() : around(points, `${verb[1]} ${verb[2]}`.toLowerCase(), run);
      return answer as ReturnType<typeof database.query<Row>>;
    },
    transaction: (work) => around(points, 'commit', () => database.transaction(work)),
  };
}

function cpiWith(client: CpiClient, points: CrashPoints): CpiClient {
  return {
    info: (signal) => client.info(signal),
    cloud: (context) => callsWith(client.cloud(context), points),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

function callsWith(cloud: Required<Cloud>, points: CrashPoints): Required<Cloud> {
  return new Proxy(cloud, {
    get(target, property, receiver) {
      const method = Reflect.get(target, property, receiver) as unknown;
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) =>
        around(points, `cpi ${String(property)}`, () => method.apply(target, args) as Promise<unknown>);
    },
  });
}

function agentWith(agent: AgentClient, points: CrashPoints): AgentClient {
  return {
    call: (name, args, options) => around(points, `agent ${name}`, () => agent.call(name, args, options)),
    notify: (name, args) => agent.notify(name, args),
    waitUntilReady: (options) => around(points, 'agent ready', () => agent.waitUntilReady(options)),
  };
}
