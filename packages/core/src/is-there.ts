import { lstat, stat } from 'node:fs/promises';
import { errnoOf } from './errors.ts';

/** True if anything, be it a link that leads nowhere, is at the path. */
export function isThere(path: string): Promise<boolean> {
  return succeeds(lstat(path));
}

/** True if the path leads to something: a link that leads nowhere does not. */
export function isReachable(path: string): Promise<boolean> {
  return succeeds(stat(path));
}

async function succeeds(look: Promise<unknown>): Promise<boolean> {
  try {
    await look;
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}
