import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskHint } from '@boti/agent-protocol';
import { type Clock, ExpectedError, runCommand, systemClock } from '@boti/core';
import { linkAtomically } from '../apply/bundles.ts';
import type { LinuxOptions } from '../config.ts';
import type { Dirs } from '../dirs.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { devicePath } from './device-path.ts';
import { ensureSinglePartition, formatIfEmpty, growFilesystem, partitionPath } from './filesystem.ts';
import { mount, mountAt, mountsOf, unmount } from './mounts.ts';

const listTimeoutMs = 0;

/** The persistent disks of this VM. Source: bosh-agent platform/linux_platform.go. */
export class PersistentDisks {
  readonly #dirs: Dirs;
  readonly #settings: SettingsStore;
  readonly #options: LinuxOptions;
  readonly #clock: Clock;

  constructor(deps: { dirs: Dirs; settings: SettingsStore; options: LinuxOptions; clock?: Clock }) {
    this.#dirs = deps.dirs;
    this.#settings = deps.settings;
    this.#options = deps.options;
    this.#clock = deps.clock ?? systemClock;
  }

  /** Mounts at /var/vcap/store, or beside it when another disk is there: `migrate` follows then. */
  async mount(cid: string): Promise<void> {
    const device = await this.#device(cid);
    if (this.#options.BindMountPersistentDisk) await this.#bindMount(device);
    else await this.#mountDevice(device);
    await writeFile(this.#managedFile, cid);
  }

  async #mountDevice(device: string): Promise<void> {
    const hasGrown = this.#isWhole ? false : (await ensureSinglePartition(device)).hasGrown;
    const partition = this.#partition(device);
    if ((await mountsOf(partition)).length > 0) return;
    await formatIfEmpty(partition, this.#filesystemType);
    const target = await this.#freeTarget();
    await mount(partition, target, this.#mountOptions);
    if (hasGrown) await growFilesystem(partition, target);
  }

  async #bindMount(source: string): Promise<void> {
    if ((await mountAt(this.#dirs.store)) !== undefined) return;
    await mkdir(this.#dirs.store, { recursive: true, mode: 0o700 });
    await mount(source, this.#dirs.store, ['--bind']);
  }

  async #freeTarget(): Promise<string> {
    const { store, storeMigrationTarget } = this.#dirs;
    const target = (await mountAt(store)) === undefined ? store : storeMigrationTarget;
    if ((await mountAt(target)) !== undefined) {
      throw new ExpectedError(`Two persistent disks are mounted already: at ${store} and ${storeMigrationTarget}`);
    }
    await mkdir(target, { recursive: true, mode: 0o700 });
    return target;
  }

  /** False when it was not mounted. */
  async unmount(cid: string, signal?: AbortSignal): Promise<boolean> {
    const device = await this.#device(cid);
    if (this.#options.BindMountPersistentDisk) return await this.#unmountStore(signal);
    const mounted = await mountsOf(this.#partition(device));
    for (const { path } of mounted.toReversed()) await unmount(path, signal);
    return mounted.length > 0;
  }

  async #unmountStore(signal?: AbortSignal): Promise<boolean> {
    if ((await mountAt(this.#dirs.store)) === undefined) return false;
    await unmount(this.#dirs.store, signal);
    return true;
  }

  /** CIDs of the disks that are mounted now. */
  async list(): Promise<readonly string[]> {
    const mounted: string[] = [];
    for (const cid of this.#settings.persistentDisks.keys()) if (await this.#isMounted(cid)) mounted.push(cid);
    return mounted;
  }

  async #isMounted(cid: string): Promise<boolean> {
    if (this.#options.BindMountPersistentDisk) return (await mountAt(this.#dirs.store)) !== undefined;
    try {
      return (await mountsOf(this.#partition(await this.#device(cid, listTimeoutMs)))).length > 0;
    } catch {
      return false;
    }
  }

  /** Copies the old disk's content to the new one and lets the new one take its place. */
  async migrate(): Promise<void> {
    const { store, storeMigrationTarget } = this.#dirs;
    const next = await mountAt(storeMigrationTarget);
    if (next === undefined) throw new ExpectedError(`No disk is mounted at ${storeMigrationTarget} to migrate to`);
    await runCommand('mount', ['-o', 'remount,ro', store]);
    const copy = 'tar -C "$1" --xattrs --acls --sparse -cf - . | tar -C "$2" --xattrs --acls --sparse -xpf -';
    await runCommand('bash', ['-o', 'pipefail', '-c', copy, 'migrate', store, storeMigrationTarget]);
    await unmount(store);
    await unmount(storeMigrationTarget);
    await mount(next.device, store, this.#mountOptions);
  }

  /** Links a disk that has a name of its own at /var/vcap/instance/disks/<name>. */
  async associate(name: string, cid: string): Promise<void> {
    await linkAtomically(await this.#device(cid), join(this.#dirs.instance, 'disks', name));
  }

  /** After a restart: mounts the disk that was mounted before. */
  async remount(): Promise<void> {
    const cid = await readFile(this.#managedFile, 'utf8').catch(() => '');
    const { persistentDisks } = this.#settings;
    if (cid === '' || persistentDisks.size === 0) return;
    if (!persistentDisks.has(cid)) {
      throw new ExpectedError(`The attached disk disagrees with the last mounted one, '${cid}'`, {
        hint: 'The VM came up with another persistent disk than it had: recreate it.',
      });
    }
    await this.mount(cid);
  }

  #device(cid: string, timeoutMs?: number): Promise<string> {
    return this.deviceOf(this.#settings.diskHint(cid), timeoutMs);
  }

  deviceOf(hint: DiskHint, timeoutMs?: number): Promise<string> {
    return devicePath({
      hint,
      resolutionType: this.#options.DevicePathResolutionType,
      clock: this.#clock,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }

  #partition(device: string): string {
    return this.#isWhole ? device : partitionPath(device, 1);
  }

  get #isWhole(): boolean {
    return this.#options.UsePreformattedPersistentDisk;
  }

  get #filesystemType(): string {
    return String(this.#settings.current.env?.persistent_disk_fs ?? 'ext4');
  }

  get #mountOptions(): string[] {
    const options = this.#settings.current.env?.persistent_disk_mount_options;
    return Array.isArray(options) && options.length > 0 ? ['-o', options.join(',')] : [];
  }

  get #managedFile(): string {
    return join(this.#dirs.bosh, 'managed_disk_settings.json');
  }
}
