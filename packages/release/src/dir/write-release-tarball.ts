import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { foldersOf, type TarInput, writeTar } from '@boti/archive';
import { ExpectedError, isThere } from '@boti/core';

export interface TarballPart {
  /** `jobs/NAME.tgz`, `packages/NAME.tgz`, `license.tgz`. */
  readonly member: string;
  readonly path: string;
  /** 0600 by default, as upstream's archives have. */
  readonly mode?: number;
}

export interface TarballOptions {
  readonly parts: readonly TarballPart[];
  readonly signal?: AbortSignal | undefined;
  /** True unless it is to be a plain tar. */
  readonly gzip?: boolean;
}

/** Writes a release tarball: release.MF first, then the archives. It appears at `path` only when it is complete. */
export async function writeReleaseTarball(path: string, manifest: string, options: TarballOptions): Promise<void> {
  const folder = dirname(path);
  if (!(await isThere(folder))) {
    throw new ExpectedError(`The tarball cannot be written to '${path}': there is no folder '${folder}'`, {
      hint: `Make it first: mkdir -p '${folder}'`,
    });
  }
  const partial = `${path}.part`;
  try {
    await writeTar(partial, members(manifest, options.parts), {
      gzip: options.gzip ?? true,
      signal: options.signal,
    });
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

function members(manifest: string, parts: readonly TarballPart[]): readonly TarInput[] {
  const list: TarInput[] = [{ name: 'release.MF', content: { bytes: manifest } }];
  const seen = new Set<string>();
  for (const { member, path, mode = 0o600 } of parts) {
    for (const folder of foldersOf([member]).filter((name) => !seen.has(name))) {
      seen.add(folder);
      list.push({ name: folder });
    }
    list.push({ name: member, content: { path }, mode, followsLinks: true });
  }
  return list;
}
