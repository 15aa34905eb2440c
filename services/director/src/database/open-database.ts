import { join } from 'node:path';
import { errnoOf } from '@boti/core';
import { type PostgresServer, startPostgresServer } from '@boti/embedded-postgres';
import pg from 'pg';
import type { Database, Sql } from './sql.ts';

export interface OpenDatabase extends Database, AsyncDisposable {
  /** A connection of one's own, for what belongs to a session: advisory locks, LISTEN. The caller ends it. */
  session(): pg.Client;
  close(): Promise<void>;
}

export type DatabaseLocation = { readonly url: string } | { readonly stateDir: string };

const poolSize = 15;

/** Connects to the given server, or to a private one that is started in the state folder and stopped by `close`. */
export async function openDatabase(location: DatabaseLocation, onError: (error: Error) => void): Promise<OpenDatabase> {
  if ('url' in location) {
    return connect({ connectionString: location.url }, { onError, revive: nothing, stop: nothing });
  }
  const start = (): Promise<PostgresServer> => startPostgresServer({ directory: join(location.stateDir, 'postgres') });
  const server = await start();
  const revive = async (): Promise<void> => void (await start());
  return connect({ ...server.connection }, { onError, revive, stop: () => server.stop() });
}

const nothing = async (): Promise<void> => undefined;

interface ServerCare {
  readonly onError: (error: Error) => void;
  /** Starts a private server that has ended, say because somebody killed it. */
  readonly revive: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

function connect(config: pg.ClientConfig, { onError, revive, stop }: ServerCare): OpenDatabase {
  const options = { ...config, application_name: 'boti-director', keepAlive: true };
  const pool = new pg.Pool({ ...options, max: poolSize, idleTimeoutMillis: 30_000 });
  let isClosing = false;
  let reviving: Promise<void> | undefined;
  const reviveOnce = (): Promise<void> => {
    reviving ??= revive().finally(() => {
      reviving = undefined;
    });
    return reviving;
  };
  // A connection that breaks while it is in use fails its query as well; unheard, the event would end the process.
  pool.on('connect', (connected) => connected.on('error', () => undefined));
  pool.on('error', (error) => {
    if (isClosing) return;
    onError(error);
    reviveOnce().catch(onError);
  });
  const client = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      if (isClosing || !isServerGone(error)) throw error;
      await reviveOnce();
      return pool.connect();
    }
  };
  const close = async (): Promise<void> => {
    isClosing = true;
    await pool.end();
    await stop();
  };
  return {
    query: (text, values) => withClient(client, (connected) => queryWith(connected, text, values)),
    transaction: (work) => withClient(client, (connected) => inTransaction(connected, work)),
    session: () => new pg.Client(options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Not there, or (57P03) just starting: then waiting for it is all there is to do. */
function isServerGone(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT', '57P03'].includes(errnoOf(error) ?? '');
}

/** The pool itself drops connections that have broken. */
async function withClient<T>(
  connect: () => Promise<pg.PoolClient>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

async function inTransaction<T>(client: pg.PoolClient, work: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work({ query: (text, values) => queryWith(client, text, values) });
    await client.query('commit');
    return result;
  } catch (error) {
    // It fails only on a connection that has broken, and with that the transaction is gone.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** pg's own types say `any[]`; a row's type is the caller's claim about its statement. */
async function queryWith<Row>(
  client: pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }> {
  const { rows, rowCount } = await client.query(text, [...values]);
  return { rows: rows as Row[], rowCount };
}
