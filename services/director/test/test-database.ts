import { type Cleanup, startPostgres, type TestPostgres } from '@boti/testkit';
import { migrate } from '../src/database/migrate.ts';
import { type OpenDatabase, openDatabase } from '../src/database/open-database.ts';

const prepare = {
  key: 'director',
  run: async (url: string): Promise<void> => {
    await using database = await openDatabase({ url }, () => undefined);
    await migrate(database);
  },
};

/** A database with the Director's tables for one test: a copy, made in milliseconds, of a migrated one. */
export async function testDatabase(t: Cleanup, postgres: TestPostgres): Promise<OpenDatabase> {
  const { url, drop } = await postgres.database(prepare);
  const database = await openDatabase({ url }, () => undefined);
  t.after(async () => {
    await database.close();
    await drop();
  });
  return database;
}

/** One server for a test file: `const postgres = await testPostgres(after)`. */
export function testPostgres(after: (work: () => Promise<void> | void) => void): Promise<TestPostgres> {
  return startPostgres({ after });
}
