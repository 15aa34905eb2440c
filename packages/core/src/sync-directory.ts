import { open } from 'node:fs/promises';

/** Brings a folder's entries to disk: what was renamed into it stays there after a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  await directory.sync();
}
