import type { Database } from '../database/sql.ts';
import { insertConfig, latestConfig, lockConfig, type NewConfig, type StoredConfig } from './config-store.ts';

export interface SavedConfig {
  readonly config: StoredConfig;
  /** False: the newest version had this content already. */
  readonly isNew: boolean;
}

/** Stores a new version; `check` may refuse it, given the version that is current. */
export async function saveConfig(
  database: Database,
  config: NewConfig,
  check: (latest: StoredConfig | undefined) => void = () => undefined,
): Promise<SavedConfig> {
  return database.transaction(async (sql) => {
    await lockConfig(sql, config.type, config.name);
    const latest = await latestConfig(sql, config.type, config.name);
    check(latest);
    if (latest?.content === config.content) return { config: latest, isNew: false };
    return { config: await insertConfig(sql, config), isNew: true };
  });
}
