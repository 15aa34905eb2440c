import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, isReachable } from '@boti/core';
import type { Ownership } from '../ownership.ts';

export interface BundleRef {
  readonly name: string;
  /** `<version>-<digest>` */
  readonly version: string;
}

export interface BundlesOptions {
  /** Content lies in `<installDir>/<name>/<SHA-1 of version>`. */
  readonly installDir: string;
  /** `<enableDir>/<name>` links to the enabled one. */
  readonly enableDir: string;
  readonly mode: number;
  readonly ownership: Ownership;
}

/** Versions of jobs or packages side by side, of which one each is enabled. Source: bosh-agent agent/applier/bundlecollection. */
export class Bundles {
  readonly #options: BundlesOptions;

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  path({ name, version }: BundleRef): string {
    return join(this.#options.installDir, name, createHash('sha1').update(version).digest('hex'));
  }

  enabledPath(name: string): string {
    return join(this.#options.enableDir, name);
  }

  /** Fills the bundle's directory unless it is there already; an interrupted `fill` leaves nothing that counts. */
  async install(bundle: BundleRef, fill: (dir: string) => Promise<void>): Promise<void> {
    const path = this.path(bundle);
    if (await isReachable(path)) return;
    const { ownership, installDir, mode } = this.#options;
    await ownership.makeDir(installDir, mode);
    const parent = dirname(path);
    await ownership.makeDir(parent, mode);
    const temporary = join(parent, `.${randomUUID()}`);
    try {
      await ownership.makeDir(temporary, mode);
      await fill(temporary);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  async enable(bundle: BundleRef): Promise<void> {
    await linkAtomically(this.path(bundle), this.enabledPath(bundle.name));
  }

  async remove(bundle: BundleRef): Promise<void> {
    await this.#disable(bundle.name, this.path(bundle));
    await rm(this.path(bundle), { recursive: true, force: true });
  }

  /** Disables and deletes every bundle that is not listed. */
  async keepOnly(kept: readonly BundleRef[]): Promise<void> {
    const keptPaths = new Set(kept.map((bundle) => this.path(bundle)));
    for (const name of await namesIn(this.#options.installDir)) {
      const parent = join(this.#options.installDir, name);
      for (const version of await namesIn(parent)) {
        const path = join(parent, version);
        if (keptPaths.has(path)) continue;
        await this.#disable(name, path);
        await rm(path, { recursive: true, force: true });
      }
      if ((await namesIn(parent)).length === 0) await rm(parent, { recursive: true, force: true });
    }
  }

  async #disable(name: string, path: string): Promise<void> {
    const link = this.enabledPath(name);
    if ((await readlink(link).catch(() => undefined)) === path) await rm(link);
  }
}

/** A symbolic link that is, at any moment, the old one or the new one. */
export async function linkAtomically(target: string, link: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  const temporary = `${link}.${randomUUID()}`;
  await symlink(target, temporary);
  try {
    await rename(temporary, link);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
