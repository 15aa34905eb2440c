import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** Where everything is. */
export interface StateDir {
  readonly root: string;
  /** Short name of this folder among the clouds of one machine. */
  readonly key: string;
  readonly journal: string;
  readonly addresses: string;
  readonly bridges: string;
  /** State of runc or crun. */
  readonly runtime: string;
  readonly vms: string;
  readonly stemcells: string;
  readonly disks: string;
  readonly snapshots: string;
}

const folders = ['journal', 'addresses', 'bridges', 'runtime', 'vms', 'stemcells', 'disks', 'snapshots'] as const;

export async function openStateDir(path: string): Promise<StateDir> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  // The kernel names mounts and loop devices by their real path.
  const root = await realpath(path);
  const present = new Set(await readdir(root));
  const missing = folders.filter((folder) => !present.has(folder));
  await Promise.all(missing.map((folder) => mkdir(join(root, folder), { recursive: true, mode: 0o700 })));
  const paths = Object.fromEntries(folders.map((folder) => [folder, join(root, folder)]));
  return { root, key: shortHash(root), ...(paths as Record<(typeof folders)[number], string>) };
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Name of the files of the thing with this id. An id that would lead elsewhere becomes one that nothing has. */
export function fileName(id: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,149}$/.test(id) ? id : `sha256-${createHash('sha256').update(id).digest('hex')}`;
}

export function diskImage(state: StateDir, cid: string): string {
  return join(state.disks, `${fileName(cid)}.img`);
}

export function stemcellDir(state: StateDir, cid: string): string {
  return join(state.stemcells, fileName(cid));
}
