import { messageOf } from '@boti/core';
import type { Sql } from '../database/sql.ts';
import { insertEvent, type NewEvent } from './event-store.ts';

/** Records an operation as upstream does: an event when it starts and one, its child, when it ends or fails. `contextOf` tells how it ended. */
export async function recordOperation<T>(
  sql: Sql,
  event: NewEvent,
  work: () => Promise<T>,
  contextOf: (result: T) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<T> {
  const parentId = await insertEvent(sql, event);
  const end = { ...event, context: {}, parentId };
  try {
    const result = await work();
    await insertEvent(sql, { ...end, context: contextOf(result) });
    return result;
  } catch (error) {
    await insertEvent(sql, { ...end, error: messageOf(error) });
    throw error;
  }
}
