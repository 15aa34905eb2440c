import { undoCreation } from '@boti/cpi-client';
import { type Cloud, CloudError } from '@boti/cpi-sdk';
import type { Database, Sql } from '../database/sql.ts';
import { beginCreation, type Creation, endCreation } from './creation-store.ts';

export interface RecordedCreation<Made, Stored> {
  readonly creation: Creation;
  /** Where it is made. */
  readonly cloud: Required<Cloud>;
  readonly create: () => Promise<Made>;
  /** Called in the transaction that ends the record. */
  readonly store: (sql: Sql, made: Made) => Promise<Stored>;
}

/**
 * Has a CPI make something that is on record before it is there, so that what was made for a process that was killed
 * meanwhile, or by a CPI that never answered, is found and removed (recover-creations.ts).
 */
export async function createRecorded<Made, Stored>(
  database: Database,
  { creation, cloud, create, store }: RecordedCreation<Made, Stored>,
): Promise<Stored> {
  await beginCreation(database, creation);
  let made: Made;
  try {
    made = await create();
  } catch (error) {
    if (saysNo(error)) await forget(database, cloud, creation);
    throw error;
  }
  return database.transaction(async (sql) => {
    await endCreation(sql, creation.id);
    return store(sql, made);
  });
}

/** A CPI that answers with an error of the contract has made nothing; after any other failure nobody knows. */
function saysNo(error: unknown): boolean {
  return error instanceof CloudError && error.type !== 'Unknown';
}

/** A CPI with a journal is asked whether it has told the truth. When that fails, the next task tries again. */
async function forget(database: Database, cloud: Required<Cloud>, creation: Creation): Promise<void> {
  try {
    await undoCreation(cloud, creation);
    await endCreation(database, creation.id);
  } catch {
    return;
  }
}
