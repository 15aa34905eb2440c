import { constants, copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '@boti/core';

/** The folder of everything that was built with this key. */
export function stemcellFolder(cacheDir: string, key: string): string {
  return join(cacheDir, 'stemcells', key);
}

export async function cachedStemcell(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((candidate) => candidate.endsWith('.tgz'));
  if (name === undefined) return undefined;
  await touch(folder);
  return join(folder, name);
}

/** Puts a copy where it was asked for: into a folder under its own name, or at the very path. */
export async function placeStemcell(stemcell: string, outputPath: string): Promise<string> {
  const isIntoFolder = outputPath.endsWith('/') || (await isFolder(outputPath));
  const target = isIntoFolder ? join(outputPath, basename(stemcell)) : outputPath;
  const partial = `${target}.partial`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyFile(stemcell, partial, constants.COPYFILE_FICLONE);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return target;
}

/** Keeps the entries that were used last; each is hundreds of megabytes. */
export async function pruneCache(dir: string, keep = 3): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  const entries = await Promise.all(
    names.map(async (name) => ({ name, usedMs: (await stat(join(dir, name))).mtimeMs })),
  );
  const old = entries.toSorted((a, b) => b.usedMs - a.usedMs).slice(keep);
  await Promise.all(old.map(({ name }) => rm(join(dir, name), { recursive: true, force: true })));
}

export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch((error: unknown) => {
    if (errnoOf(error) !== 'EPERM' && errnoOf(error) !== 'EROFS') throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
