import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { partialPath } from './partial-file.ts';

/**
 * Writes a small file that can be made again: it appears whole, but is not forced to the disk, which would take longer
 * than all the rest.
 */
export function writeRenamed(path: string, content: string): void {
  const partial = partialPath(path);
  try {
    writeFileSync(partial, content, { flag: 'wx' });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
