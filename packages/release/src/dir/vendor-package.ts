import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest, ExpectedError } from '@boti/core';
import { dumpYaml } from '@boti/manifest';
import { promote } from './promote-builds.ts';
import { readSources } from './read-sources.ts';
import { type DirectoryOptions, openReleaseDirectory, type ReleaseDirectory } from './release-directory.ts';
import { resolveBuilds } from './resolve-builds.ts';
import type { PackageSource } from './sources.ts';

export interface VendorPackageOptions extends DirectoryOptions {
  readonly name: string;
  /** The release directory that the package comes from. */
  readonly from: string;
  /** Put before the names of the package and its dependencies: `PREFIX-NAME`. */
  readonly prefix?: string;
}

/** Copies a package, and what it depends on, from another release: its archive to the blobstore, a spec.lock here. */
export async function vendorPackage(options: VendorPackageOptions): Promise<void> {
  const release = await openReleaseDirectory(options);
  release.config.name();
  const source = await openReleaseDirectory({ ...options, dir: options.from });
  source.config.name();
  const { packages } = await readSources(source.dir);
  const wanted = withDependencies(options.name, packages);
  for (const item of wanted) await vendor({ release, source, prefix: options.prefix }, item);
}

function withDependencies(name: string, packages: readonly PackageSource[]): readonly PackageSource[] {
  const wanted = new Map<string, PackageSource>();
  const add = (wantedName: string): void => {
    if (wanted.has(wantedName)) return;
    const found = packages.find((candidate) => candidate.name === wantedName);
    if (found === undefined) throw unknownPackage(wantedName, packages);
    wanted.set(wantedName, found);
    for (const dependency of found.dependencies) add(dependency);
  };
  add(name);
  return [...wanted.values()];
}

function unknownPackage(name: string, packages: readonly PackageSource[]): ExpectedError {
  const names = packages.map((candidate) => candidate.name);
  const guess = closest(name, names);
  return new ExpectedError(
    `Expected to find package '${name}'${guess === undefined ? '' : `, did you mean '${guess}'?`}`,
  );
}

interface Vendoring {
  readonly release: ReleaseDirectory;
  readonly source: ReleaseDirectory;
  readonly prefix: string | undefined;
}

async function vendor({ release, source, prefix }: Vendoring, item: PackageSource): Promise<void> {
  const [build] = await resolveBuilds(source, [item]);
  if (build === undefined) throw new ExpectedError(`Package '${item.name}' could not be built`);
  const { fingerprint, archive, sha1 } = build;
  const name = prefix === undefined || prefix === '' ? item.name : `${prefix}-${item.name}`;
  await promote(release, { source: { kind: 'package', name }, fingerprint, sha1, archive });
  await writeLock(join(release.dir, 'packages', name), { name, fingerprint, dependencies: item.dependencies });
}

interface Lock {
  readonly name: string;
  readonly fingerprint: string;
  readonly dependencies: readonly string[];
}

/** The folder then holds spec.lock alone. Dependencies keep their own names, as upstream writes them. */
async function writeLock(folder: string, { name, fingerprint, dependencies }: Lock): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const lock = { name, fingerprint, dependencies: dependencies.length === 0 ? undefined : dependencies };
  await writeFile(join(folder, 'spec.lock'), dumpYaml(lock, { sortKeys: false }));
}
