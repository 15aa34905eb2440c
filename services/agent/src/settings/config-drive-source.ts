import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExpectedError, runCommand } from '@boti/core';
import { followRegistry } from './registry.ts';
import { decodeUserData, parseSettings, type SettingsSource } from './settings-source.ts';

export interface ConfigDriveOptions {
  readonly diskPaths: readonly string[];
  readonly metaDataPath: string;
  readonly userDataPath: string;
}

/** Settings on a small disk that the IaaS attaches (OpenStack config drive, config-2). */
export function configDriveSource({ diskPaths, metaDataPath, userDataPath }: ConfigDriveOptions): SettingsSource {
  return {
    name: `config drive ${diskPaths.join(', ')}`,
    async settings(signal) {
      const text = await readFromDisk(await firstExisting(diskPaths), userDataPath, signal);
      const content = await followRegistry(decodeUserData(text, userDataPath), signal);
      return parseSettings(content, `config drive, ${userDataPath}`);
    },
    async publicKey(signal) {
      if (metaDataPath === '') return undefined;
      const text = await readFromDisk(await firstExisting(diskPaths), metaDataPath, signal);
      const keys = (JSON.parse(text) as { 'public-keys'?: Record<string, Record<string, string>> })['public-keys'];
      return keys?.['0']?.['openssh-key'];
    },
  };
}

async function firstExisting(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    try {
      await access(path);
      return path;
    } catch {
      // The next one.
    }
  }
  throw new ExpectedError(`There is no config drive: none of ${paths.join(', ')} exists`);
}

async function readFromDisk(disk: string, file: string, signal: AbortSignal): Promise<string> {
  await using undo = new AsyncDisposableStack();
  const mountPoint = await mkdtemp(join(tmpdir(), 'config-drive-'));
  undo.defer(() => rm(mountPoint, { recursive: true }));
  await runCommand('mount', ['-o', 'ro', disk, mountPoint], { signal });
  undo.defer(async () => void (await runCommand('umount', [mountPoint])));
  return await readFile(join(mountPoint, file), 'utf8');
}
