import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compareBytes, errnoOf, messageOf } from '@boti/core';
import { fileTree } from './file-globs.ts';
import { sourceFingerprint } from './fingerprint.ts';
import { readJobSource } from './read-job-source.ts';
import { readLicenseSource } from './read-license-source.ts';
import { readPackageSource } from './read-package-source.ts';
import type { Source } from './sources.ts';

export interface SourceFingerprint {
  readonly kind: Source['kind'];
  /** The folder's name. */
  readonly name: string;
  /** Undefined when it cannot be told. */
  readonly fingerprint: string | undefined;
  /** Why it cannot. */
  readonly problem?: string;
  /** Taken over by vendor-package: the fingerprint is what its spec.lock says. */
  readonly isVendored: boolean;
}

/** The fingerprint of every job, package and the licence of a release directory; nothing is fetched or built. */
export async function fingerprintsOf(dir: string): Promise<readonly SourceFingerprint[]> {
  const trees = { src: fileTree(join(dir, 'src')), blobs: fileTree(join(dir, 'blobs')) };
  const jobs = (await foldersIn(join(dir, 'jobs'))).map((path) =>
    fingerprintOf('job', basename(path), () => readJobSource(path)),
  );
  const packages = (await foldersIn(join(dir, 'packages'))).map((path) =>
    fingerprintOf('package', basename(path), () => readPackageSource(path, trees)),
  );
  const license = fingerprintOf('license', 'license', () => readLicenseSource(dir));
  const all = await Promise.all([...jobs, ...packages, license]);
  return all.filter((found) => found !== undefined);
}

async function fingerprintOf(
  kind: Source['kind'],
  name: string,
  read: () => Promise<Source | undefined>,
): Promise<SourceFingerprint | undefined> {
  try {
    const source = await read();
    if (source === undefined) return undefined;
    const isVendored = source.kind === 'package' && source.lock !== undefined;
    return { kind, name, fingerprint: await sourceFingerprint(source), isVendored };
  } catch (error) {
    return { kind, name, fingerprint: undefined, problem: messageOf(error), isVendored: false };
  }
}

/** The folders in a folder, by name; none when it is not there. */
export async function foldersIn(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return names.sort(compareBytes).map((name) => join(path, name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
