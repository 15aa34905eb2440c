import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
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

export async function openStateDir(path: string): Promise<StateDir> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  // The kernel names mounts and loop devices by their real path.
  const root = await realpath(path);
  const dir = {
    root,
    key: shortHash(root),
    journal: join(root, 'journal'),
    addresses: join(root, 'addresses'),
    bridges: join(root, 'bridges'),
    runtime: join(root, 'runtime'),
    vms: join(root, 'vms'),
    stemcells: join(root, 'stemcells'),
    disks: join(root, 'disks'),
    snapshots: join(root, 'snapshots'),
  };
  for (const folder of [dir.addresses, dir.bridges, dir.runtime, dir.vms, dir.stemcells, dir.disks, dir.snapshots]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  return dir;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

export function diskImage(state: StateDir, cid: string): string {
  return join(state.disks, `${cid}.img`);
}
