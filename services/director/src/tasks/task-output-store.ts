import type { TaskOutputType } from '@boti/director-api';
import type { Sql } from '../database/sql.ts';

/** A piece of a task's output, where it starts (in bytes) and what it holds. */
export interface OutputPiece {
  readonly type: TaskOutputType;
  readonly offset: number;
  readonly content: Buffer;
}

/** How much is read from the database at once. */
const piecesPerRead = 64;

export async function appendOutput(sql: Sql, taskId: number, pieces: readonly OutputPiece[]): Promise<void> {
  await sql.query(
    `insert into task_output (task_id, type, start_offset, content)
     select $1, * from unnest($2::text[], $3::bigint[], $4::bytea[])`,
    [taskId, pieces.map(({ type }) => type), pieces.map(({ offset }) => offset), pieces.map(({ content }) => content)],
  );
}

/** Bytes of one stream; null when nothing was ever written to it. */
export async function outputSize(sql: Sql, taskId: number, type: TaskOutputType): Promise<number | null> {
  const { rows } = await sql.query<{ size: string }>(
    `select start_offset + octet_length(content) as size from task_output
      where task_id = $1 and type = $2 order by start_offset desc limit 1`,
    [taskId, type],
  );
  return rows[0] === undefined ? null : Number(rows[0].size);
}

/** The bytes from `start` up to, not including, `end`, piece after piece. */
export async function* readOutput(
  sql: Sql,
  taskId: number,
  range: { readonly type: TaskOutputType; readonly start: number; readonly end: number },
): AsyncGenerator<Buffer> {
  const { type, start, end } = range;
  let from = start;
  while (from < end) {
    const { rows } = await sql.query<{ start_offset: string; content: Buffer }>(
      `select start_offset, content from task_output
        where task_id = $1 and type = $2 and start_offset < $4 and start_offset + octet_length(content) > $3
          and start_offset >= (select max(start_offset) from task_output
                                where task_id = $1 and type = $2 and start_offset <= $3)
        order by start_offset limit $5`,
      [taskId, type, from, end, piecesPerRead],
    );
    if (rows.length === 0) return;
    for (const row of rows) {
      const at = Number(row.start_offset);
      const piece = row.content.subarray(Math.max(0, from - at), end - at);
      from = at + row.content.length;
      yield piece;
    }
  }
}
