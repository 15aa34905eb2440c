import { join } from 'node:path';
import { startPostgresServer } from '@boti/embedded-postgres';
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
  if ('url' in location) return connect({ connectionString: location.url }, onError, async () => undefined);
  const server = await startPostgresServer({ directory: join(location.stateDir, 'postgres') });
  return connect({ ...server.connection }, onError, () => server.stop());
}

function connect(config: pg.ClientConfig, onError: (error: Error) => void, stop: () => Promise<void>): OpenDatabase {
  const options = { ...config, application_name: 'boti-director', keepAlive: true };
  const pool = new pg.Pool({ ...options, max: poolSize, idleTimeoutMillis: 30_000 });
  let isClosing = false;
  pool.on('error', (error) => isClosing || onError(error));
  const close = async (): Promise<void> => {
    isClosing = true;
    await pool.end();
    await stop();
  };
  return {
    query: (text, values) => queryWith(pool, text, values),
    transaction: (work) => inTransaction(pool, work),
    session: () => new pg.Client(options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work({ query: (text, values) => queryWith(client, text, values) });
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** pg's own types say `any[]`; a row's type is the caller's claim about its statement. */
async function queryWith<Row>(
  client: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }> {
  const { rows, rowCount } = await client.query(text, [...values]);
  return { rows: rows as Row[], rowCount };
}
