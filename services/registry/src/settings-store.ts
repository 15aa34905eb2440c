import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeFileAtomic } from '@boti/core';

/** The settings of each VM, by name or cid: one file each, which is on the disk when `put` is done. */
export interface SettingsStore {
  get(id: string): Promise<string | undefined>;
  put(id: string, settings: string): Promise<void>;
  /** Absent is success. */
  remove(id: string): Promise<void>;
}

/** Opens the store in this folder, which is made when it is missing. */
export async function openSettingsStore(directory: string): Promise<SettingsStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // Ids may be anything; none may lead out of the folder.
  const path = (id: string): string => join(directory, createHash('sha256').update(id).digest('hex'));
  return {
    get: (id) => readIfThere(path(id)),
    put: (id, settings) => writeFileAtomic(path(id), settings, 0o600),
    remove: (id) => rm(path(id), { force: true }),
  };
}
