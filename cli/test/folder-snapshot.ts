import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Path → `dir 755`, or `file 644` and its text on the next lines (without it when it is no text). */
export type Snapshot = ReadonlyMap<string, string>;

export async function snapshotOf(folder: string): Promise<Snapshot> {
  const snapshot = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (name === '.git' || name.startsWith('.git/') || entry.isSymbolicLink()) continue;
    const mode = ((await lstat(path)).mode & 0o777).toString(8);
    snapshot.set(name, entry.isDirectory() ? `dir ${mode}` : `file ${mode}${await textOf(path)}`);
  }
  return snapshot;
}

async function textOf(path: string): Promise<string> {
  const content = await readFile(path);
  return /\.tgz$/.test(path) ? `\0${content.toString('base64')}` : `\n${content}`;
}

export interface Changes {
  readonly changed: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

export function changesBetween(before: Snapshot, after: Snapshot): Changes {
  const changed = [...after].filter(([path, state]) => before.get(path) !== state);
  const removed = [...before.keys()].filter((path) => !after.has(path)).sort();
  return { changed: Object.fromEntries(changed.map(([path, state]) => [path, state.replace(/\0.*/s, '')])), removed };
}
