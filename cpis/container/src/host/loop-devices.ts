import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, tryCommand } from '@boti/core';
import type { BlockDevice } from './oci-config.ts';

export interface LoopDevice {
  readonly name: string;
  /** The file behind it; ends in ` (deleted)` when that is gone. */
  readonly file: string;
  readonly major: number;
  readonly minor: number;
}

/** All loop devices in use, as the kernel lists them. */
export async function loopDevices(): Promise<readonly LoopDevice[]> {
  const names = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'));
  const devices = await Promise.all(names.map(readDevice));
  return devices.filter((device) => device !== undefined);
}

async function readDevice(name: string): Promise<LoopDevice | undefined> {
  try {
    const file = await readFile(join('/sys/block', name, 'loop/backing_file'), 'utf8');
    const [major = 0, minor = 0] = (await readFile(join('/sys/block', name, 'dev'), 'utf8')).split(':').map(Number);
    return { name: `/dev/${name}`, file: file.trimEnd(), major, minor };
  } catch {
    return undefined;
  }
}

async function findLoop(file: string): Promise<LoopDevice | undefined> {
  return (await loopDevices()).find((device) => device.file === file);
}

/** The loop device of this file, under `path` inside a VM. Made when there is none. */
export async function openLoop(file: string, path: string): Promise<BlockDevice> {
  if ((await findLoop(file)) === undefined) await runCommand('losetup', ['--find', '--show', '--nooverlap', file]);
  const device = await findLoop(file);
  if (device === undefined) throw new Error(`losetup made no loop device for ${file}`);
  return { path, major: device.major, minor: device.minor };
}

/** Frees the loop device of this file. One that is still mounted somewhere is freed by the kernel with its last mount. */
export async function closeLoop(file: string): Promise<void> {
  const device = await findLoop(file);
  if (device !== undefined) await tryCommand('losetup', ['--detach', device.name]);
}
