import { appendFileSync, readFileSync } from 'node:fs';
import type { AgentClient } from '@boti/agent-client';
import type { Blobstore } from '@boti/blobstore';
import type { CpiClient } from '@boti/cpi-client';
import type { Cloud } from '@boti/cpi-sdk';
import type { OpenDatabase } from './database/open-database.ts';
import type { OpenServices } from './services.ts';

/**
 * Moments at which a task may be cut off: before and after each CPI call, agent call, blob and database commit. Tests have
 * the process kill itself at one of them to see that the next deploy mends what is left.
 */
export interface CrashPoints {
  reach(name: string): void;
}

/**
 * Counts the points reached since the content of `file` last changed, notes each in `<file>.reached`, and kills the
 * process with SIGKILL at the one whose number stands in `file` after a first word that names the run: `run-3 17`.
 */
export function crashPoints(file: string): CrashPoints {
  let armed = '';
  let reached = 0;
  return {
    reach(name) {
      const order = readFileSync(file, 'utf8').trim();
      if (order === '') return;
      if (order !== armed) {
        armed = order;
        reached = 0;
      }
      reached += 1;
      const [run, at] = order.split(' ');
      appendFileSync(`${file}.reached`, `${run} ${reached} ${name}\n`);
      if (reached === Number(at)) process.kill(process.pid, 'SIGKILL');
    },
  };
}

/** The same services, with a crash point around everything they do outside of the process. */
export function withCrashPoints(services: OpenServices, points: CrashPoints): OpenServices {
  return {
    ...services,
    blobstore: blobstoreWith(services.blobstore, points),
    cpis: { client: (cpi) => cpiWith(services.cpis.client(cpi), points) },
    agents: { ...services.agents, of: (agentId, instance) => agentWith(services.agents.of(agentId, instance), points) },
  };
}

async function around<T>(points: CrashPoints, name: string, work: () => Promise<T>): Promise<T> {
  points.reach(`before ${name}`);
  const result = await work();
  points.reach(`after ${name}`);
  return result;
}

/** The same database, with a crash point around each change. Pieces of task output are no state to be recovered. */
export function databaseWithCrashPoints(database: OpenDatabase, points: CrashPoints): OpenDatabase {
  const isOutput = (table: string | undefined): boolean => table === 'task_output';
  return {
    session: () => database.session(),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
    query: <Row>(text: string, values?: readonly unknown[]) => {
      const change = /\b(insert\s+into|update|delete\s+from)\s+(\w+)/i.exec(text);
      const run = (): ReturnType<typeof database.query<Row>> => database.query<Row>(text, values);
      if (change === null || isOutput(change[2])) return run();
      return around(points, `${change[1]} ${change[2]}`.toLowerCase(), run);
    },
    transaction: (work) => around(points, 'commit', () => database.transaction(work)),
  };
}

function blobstoreWith(blobstore: Blobstore, points: CrashPoints): Blobstore {
  return {
    put: (content, options) => around(points, 'blob put', () => blobstore.put(content, options)),
    get: (id, path, options) => blobstore.get(id, path, options),
    open: (id, options) => blobstore.open(id, options),
    exists: (id, options) => blobstore.exists(id, options),
    delete: (id, options) => around(points, 'blob delete', () => blobstore.delete(id, options)),
    signedUrl: (id, verb, seconds) => blobstore.signedUrl(id, verb, seconds),
    agentSettings: (options) => blobstore.agentSettings(options),
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
