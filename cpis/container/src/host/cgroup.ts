import { readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '@boti/core';
import type { BlockDevice } from './oci-config.ts';
import type { StateDir } from './state-dir.ts';
import type { VmPaths } from './vm-record.ts';

const root = '/sys/fs/cgroup';

export function cgroupPath(state: StateDir, paths: VmPaths): string {
  return `/boti-${state.key}/${paths.name}`;
}

/** Lets a VM that runs use this device. Version 2 allows all loop devices from the start and has no such file. */
export async function allowDevice(state: StateDir, paths: VmPaths, { major, minor }: BlockDevice): Promise<void> {
  try {
    await writeFile(join(root, 'devices', cgroupPath(state, paths), 'devices.allow'), `b ${major}:${minor} rwm`);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** Removes the group that held the VMs' groups, in every hierarchy. Only for when no VM runs. */
export async function removeCgroup(state: StateDir): Promise<void> {
  const name = `boti-${state.key}`;
  const hierarchies = await readdir(root).catch(() => []);
  for (const path of [join(root, name), ...hierarchies.map((hierarchy) => join(root, hierarchy, name))]) {
    await removeGroup(path);
  }
}

/** A group is a folder whose files come and go with it; groups inside it must go first. */
async function removeGroup(path: string): Promise<void> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) await rmdir(join(path, entry.name));
    await rmdir(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
  }
}
