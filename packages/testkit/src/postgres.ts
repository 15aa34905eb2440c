import { randomUUID } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { openTempDir } from '@boti/core';
import { type PostgresConnection, startPostgresServer } from '@boti/embedded-postgres';
import pg from 'pg';
import type { Cleanup } from './temp-dir.ts';

/** A throwaway PostgreSQL; nothing of it survives the process that started it. */
export interface TestPostgres extends AsyncDisposable {
  /** A new database: empty, or a copy of the one that `prepare` made once for all who give the same key. */
  database(prepare?: { readonly key: string; readonly run: (url: string) => Promise<void> }): Promise<TestDatabase>;
  stop(): Promise<void>;
}

export interface TestDatabase {
  /** For `new pg.Pool({ connectionString })` and the Director's `database.url`. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Where the test runner has started one server for all files: the folder of its socket. */
const sharedServerVariable = 'BOTI_TEST_POSTGRES';

/** Starts a server, or uses the one that the test run shares. Stopped after the test `t`. */
export async function startPostgres(t?: Cleanup): Promise<TestPostgres> {
  const shared = process.env[sharedServerVariable];
  const postgres =
    shared === undefined
      ? await ownPostgres()
      : openPostgres({ host: shared, user: 'boti', database: 'postgres' }, async () => undefined);
  t?.after(() => postgres.stop());
  return postgres;
}

async function ownPostgres(): Promise<TestPostgres> {
  const dir = await openTempDir('boti-pg-');
  const directory = dir.path;
  await chmod(directory, 0o755);
  const server = await startPostgresServer({
    directory,
    diesWithParent: true,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  return openPostgres(server.connection, async () => {
    await server.stop();
    await dir[Symbol.asyncDispose]();
  });
}

function openPostgres(connection: PostgresConnection, stopServer: () => Promise<void>): TestPostgres {
  const templates = new Map<string, Promise<string>>();
  const execute = async (statement: string): Promise<void> => {
    const client = new pg.Client(connection);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const create = async (template?: string): Promise<string> => {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await execute(`create database ${name}${template === undefined ? '' : ` template ${template}`}`);
    return name;
  };
  const makeTemplate = async (run: (url: string) => Promise<void>): Promise<string> => {
    const name = await create();
    await run(urlOf(connection, name));
    return name;
  };
  const stop = stopServer;
  return {
    async database(prepare) {
      let template: string | undefined;
      if (prepare !== undefined) {
        const made = templates.get(prepare.key) ?? makeTemplate(prepare.run);
        templates.set(prepare.key, made);
        template = await made;
      }
      const name = await create(template);
      return { url: urlOf(connection, name), drop: () => execute(`drop database if exists ${name} with (force)`) };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function urlOf(connection: PostgresConnection, database: string): string {
  return `postgresql:///${database}?host=${encodeURIComponent(connection.host)}&user=${connection.user}`;
}
