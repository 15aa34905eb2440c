import { lstat } from 'node:fs/promises';
import { errnoOf } from '@boti/core';

/** True if anything, be it a broken link, is at the path. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}
