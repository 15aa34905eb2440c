import { createHash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile } from '@boti/core';

/** Says whether two folders would put the same into a stemcell: paths, kinds, modes' exec bit, contents. */
export async function hashOfTree(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of (await readdir(root, { recursive: true })).sort()) {
    hash.update(`${path}\0${await describe(join(root, path))}\0`);
  }
  return hash.digest('hex');
}

async function describe(path: string): Promise<string> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (stat.isDirectory()) return 'folder';
  const kind = (stat.mode & 0o111) === 0 ? 'file' : 'program';
  return `${kind} ${await digestOfFile(path)}`;
}

/** A short key of everything that goes into something; part of cache file names. */
export function contentKey(parts: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
