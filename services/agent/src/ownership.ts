import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import type { Dirs } from './dirs.ts';

/** Gives files to `root:vcap`. Does nothing where there is no such group or no right to it: in tests, in build containers. */
export interface Ownership {
  give(path: string, group?: string): Promise<void>;
  /** Makes a directory with exactly this mode, owned by `root:<group>`. */
  makeDir(path: string, mode: number, group?: string): Promise<void>;
  groupId(name: string): number | undefined;
}

export function ownership(dirs: Dirs): Ownership {
  const isRoot = process.getuid?.() === 0;
  const groupId = (name: string): number | undefined => lookUpGroup(dirs.etc('group'), name);
  const give = async (path: string, group = 'vcap'): Promise<void> => {
    const gid = isRoot ? groupId(group) : undefined;
    if (gid !== undefined) await chown(path, 0, gid);
  };
  return {
    give,
    groupId,
    async makeDir(path, mode, group = 'vcap') {
      await mkdir(path, { recursive: true });
      await chmod(path, mode);
      await give(path, group);
    },
  };
}

function lookUpGroup(file: string, name: string): number | undefined {
  try {
    const entry = new RegExp(`^${name}:[^:]*:(\\d+):`, 'm').exec(readFileSync(file, 'utf8'));
    return entry === null ? undefined : Number(entry[1]);
  } catch {
    return undefined;
  }
}
