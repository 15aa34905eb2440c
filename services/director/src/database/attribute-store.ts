import type { Sql } from './sql.ts';

/** Single values of the Director as a whole: its uuid, whether resurrection is paused. */
export async function readAttribute(sql: Sql, name: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ value: string }>('select value from director_attributes where name = $1', [name]);
  return rows[0]?.value;
}

export async function writeAttribute(sql: Sql, name: string, value: string): Promise<void> {
  await sql.query(
    'insert into director_attributes (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    [name, value],
  );
}

/** Stores `value` unless there is one; answers what is stored. */
export async function claimAttribute(sql: Sql, name: string, value: string): Promise<string> {
  await sql.query('insert into director_attributes (name, value) values ($1, $2) on conflict do nothing', [
    name,
    value,
  ]);
  return (await readAttribute(sql, name)) ?? value;
}
