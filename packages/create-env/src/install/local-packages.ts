import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompileCache, CompileInputs } from '@boti/compile-cache';
import { ExpectedError, isThere, openTempDir, runCommand, tryCommand } from '@boti/core';
import { dependenciesOf, type PackageNode } from '../artifacts/package-order.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import { machineKind } from './machine.ts';

export interface LocalPackagesOptions {
  /** Where packages are installed: the CPI finds them there. */
  readonly packagesDir: string;
  readonly tmp: string;
  readonly cache: CompileCache;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Compiles these packages on this machine, in their order, and installs all of them. */
export async function installLocalPackages(
  packages: readonly PackageNode[],
  options: LocalPackagesOptions,
  stage: Stage,
): Promise<void> {
  await using archives = await openTempDir('compiled-', options.tmp);
  const archiveOf = (node: PackageNode): string =>
    node.compiledFor === undefined ? join(archives.path, `${node.name}.tgz`) : node.path;
  for (const node of packages) {
    if (node.compiledFor !== undefined) continue;
    const needed = dependenciesOf(node, packages);
    await stage.step(`Compiling package '${node.name}/${node.fingerprint}'`, () =>
      within(`Compiling package '${node.name}'`, options.signal, () => obtain(node, { needed, archiveOf, options })),
    );
  }
  await stage.step('Installing packages', () => install(packages, archiveOf, options));
}

interface Compilation {
  readonly needed: readonly PackageNode[];
  readonly archiveOf: (node: PackageNode) => string;
  readonly options: LocalPackagesOptions;
}

/** From the cache if it is there and whole, else compiled. */
async function obtain(node: PackageNode, compilation: Compilation): Promise<void> {
  const { archiveOf, options } = compilation;
  const keys = await cacheKeys(node, compilation);
  for (const key of keys) if (await options.cache.fetch(key, archiveOf(node))) return;
  const isMovable = await compile(node, compilation);
  await options.cache.store(isMovable ? keys[0] : keys[1], archiveOf(node));
}

/**
 * A package that knows where it was installed is of use at that place only: it is kept under a second key, which has
 * the place in it.
 */
async function cacheKeys(
  { name, fingerprint }: PackageNode,
  { needed, options }: Compilation,
): Promise<readonly [CompileInputs, CompileInputs]> {
  const machine = await machineKind();
  const dependencies = needed.map((other) => ({ name: other.name, fingerprint: other.fingerprint }));
  const key = (place: string): CompileInputs => ({
    name,
    fingerprint,
    stemcell: { name: `local:${place}`, ...machine },
    dependencies,
  });
  return [key(''), key(options.packagesDir)];
}

/** Answers whether the result may be moved elsewhere. */
async function compile(node: PackageNode, { needed, archiveOf, options }: Compilation): Promise<boolean> {
  const { packagesDir, tmp, signal, environment } = options;
  await using source = await openTempDir(`compile-${node.name}-`, tmp);
  const target = join(packagesDir, node.name);
  await install(needed, archiveOf, options);
  await unpack(node.path, source.path, signal);
  await mkdir(target, { recursive: true });
  if (!(await isThere(join(source.path, 'packaging')))) {
    throw new ExpectedError(`Package '${node.name}' has no packaging script`);
  }
  await runCommand('bash', ['-x', 'packaging'], {
    cwd: source.path,
    signal,
    env: {
      BOSH_COMPILE_TARGET: source.path,
      BOSH_INSTALL_TARGET: target,
      BOSH_PACKAGE_NAME: node.name,
      BOSH_PACKAGES_DIR: packagesDir,
      PATH: environment.PATH,
      LD_LIBRARY_PATH: environment.LD_LIBRARY_PATH ?? '',
    },
  });
  const isMovable = !(await mentions(target, packagesDir, signal));
  // Kept on this machine only: time counts, not size.
  await runCommand('tar', ['--use-compress-program=gzip -1', '-cf', archiveOf(node), '-C', target, '.'], { signal });
  return isMovable;
}

/** Leaves exactly these packages in the folder. */
async function install(
  packages: readonly PackageNode[],
  archiveOf: (node: PackageNode) => string,
  { packagesDir, signal }: LocalPackagesOptions,
): Promise<void> {
  await rm(packagesDir, { recursive: true, force: true });
  await mkdir(packagesDir, { recursive: true });
  for (const node of packages) await unpack(archiveOf(node), join(packagesDir, node.name), signal);
}

export async function unpack(archive: string, dir: string, signal: AbortSignal): Promise<void> {
  await mkdir(dir, { recursive: true });
  await runCommand('tar', ['--no-same-owner', '-xf', archive, '-C', dir], { signal });
}

async function mentions(dir: string, path: string, signal: AbortSignal): Promise<boolean> {
  const inFiles = await tryCommand('grep', ['-rqF', '--', path, dir], { signal });
  if (inFiles.exitCode === 0) return true;
  const links = await runCommand('find', [dir, '-type', 'l', '-lname', `*${path}*`], { signal });
  return links.stdout !== '';
}
