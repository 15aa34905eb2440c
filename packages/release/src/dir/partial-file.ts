import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '@boti/core';

const abandonedMs = 24 * 60 * 60 * 1000;
const host = hostname().replaceAll(/[^A-Za-z0-9]/g, '-');

/** A name beside `path` for a file in the making; it tells which process makes it. */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 80)}.${host}.${process.pid}.${randomUUID()}.part`);
}

/** Removes what killed processes left in a folder: their files in the making, and any that is a day old. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const match = /\.([^.]*)\.(\d+)\.[0-9a-f-]{36}\.part$/.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    const isDead = match[1] === host && !isRunning(Number(match[2]));
    if (isDead || (await isOld(path))) await rm(path, { force: true, recursive: true });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > abandonedMs;
}
