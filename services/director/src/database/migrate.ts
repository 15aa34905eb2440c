import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import type { Database, Sql } from './sql.ts';

const folder = join(import.meta.dirname, 'migrations');

/** Any number: all processes that migrate this database at the same moment wait for each other by it. */
const migrationLock = 7_264_210_001;

/** Brings the tables up to date: each file of migrations/ once, in order, in one transaction with its mark. */
export async function migrate(database: Database): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await sql.query(
      'create table if not exists migrations (file text primary key, applied_at timestamptz not null default now())',
    );
    const done = await applied(sql);
    refuseNewerDatabase(done, files);
    for (const file of files.filter((name) => !done.includes(name))) {
      await sql.query(await readFile(join(folder, file), 'utf8'));
      await sql.query('insert into migrations (file) values ($1)', [file]);
    }
  });
}

async function applied(sql: Sql): Promise<readonly string[]> {
  const { rows } = await sql.query<{ file: string }>('select file from migrations order by file');
  return rows.map(({ file }) => file);
}

function refuseNewerDatabase(done: readonly string[], files: readonly string[]): void {
  const unknown = done.filter((file) => !files.includes(file));
  if (unknown.length === 0) return;
  throw new ExpectedError(`The database was migrated by a newer Director (${unknown.join(', ')})`, {
    hint: 'Start that version, or restore the backup made before it.',
  });
}
