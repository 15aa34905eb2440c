import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { openTempDir, type TempDir } from '@boti/core';

const prefix = 'boti-stemcell-';
const neededBytes = 2.5 * 1024 ** 3;
const memoryDir = '/dev/shm';

/** A folder for one build, in memory where there is plenty; gone when disposed of. */
export async function openWorkDir(cacheDir: string): Promise<TempDir> {
  const parent = (await hasRoomInMemory()) ? memoryDir : cacheDir;
  await removeAbandoned(parent);
  await mkdir(parent, { recursive: true });
  return await openTempDir(`${prefix}${process.pid}-`, parent);
}

async function hasRoomInMemory(): Promise<boolean> {
  const { bavail, bsize, type } = await statfs(memoryDir).catch(() => ({ bavail: 0, bsize: 0, type: 0 }));
  const tmpfs = 0x01021994;
  return type === tmpfs && bavail * bsize > neededBytes && freemem() > 2 * neededBytes;
}

/** Builds that were killed could not clean up. Their process is gone, so nobody uses their folder. */
async function removeAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
