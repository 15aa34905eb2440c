import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Clock, digestOf, ExpectedError, errnoOf, messageOf, runCommand, systemClock } from '@boti/core';
import { readStemcellManifest, type StemcellManifest, writeStemcell } from '@boti/stemcell';
import { layAgent } from './agent-overlay.ts';
import { type BuilderRun, type BuildProgress, noRoom } from './builder-run.ts';
import { containerImage, imageRecipe } from './container-image.ts';
import { contentKey, hashOfTree } from './content-hash.ts';
import { type OsTree, osTree, osTreeKey } from './os-tree.ts';
import { cachedStemcell, placeStemcell, pruneCache, stemcellFolder } from './stemcell-cache.ts';
import { stemcellVersionAt } from './stemcell-version.ts';
import { openWorkDir } from './work-dir.ts';

export const stemcellSystems = ['debian-bookworm'] as const;
export type StemcellSystem = (typeof stemcellSystems)[number];

export const imageFormats = ['warden-tar'] as const;
export type ImageFormat = (typeof imageFormats)[number];

export interface BuildStemcellOptions {
  /** Where operating system trees and finished stemcells are kept, by content. */
  readonly cacheDir: string;
  /** Everything that the tools print. Written anew by each build. */
  readonly logFile: string;
  /** A file, or a folder that the stemcell is put into under its usual name. In the cache only, when absent. */
  readonly outputPath?: string;
  /** Another agent program than ours: upstream's Go agent. */
  readonly agentBinary?: string;
  /** Agent and job supervisor as `tools/bundle.ts agent` lays them out, where they are bundled already. */
  readonly agentTree?: string;
  readonly os?: StemcellSystem;
  readonly formats?: readonly ImageFormat[];
  /** See `stemcellVersionAt` for the one it gets otherwise. */
  readonly version?: string;
  /** Fetch the packages anew, for the security updates since. */
  readonly refresh?: boolean;
  readonly onProgress?: (progress: BuildProgress) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export interface BuiltStemcell {
  readonly path: string;
  readonly manifest: StemcellManifest;
  /** Nothing had changed since it was built before. */
  readonly fromCache: boolean;
  readonly elapsedMs: number;
}

/**
 * Builds a stemcell, or takes it from the cache when nothing that goes into it has changed. Needs root when the
 * operating system is not in the cache. Aborting, or a failure, leaves nothing but the log file.
 */
export async function buildStemcell(options: BuildStemcellOptions): Promise<BuiltStemcell> {
  const clock = options.clock ?? systemClock;
  const startedMs = clock.now().getTime();
  await checkTools(['mmdebstrap', 'zstd', 'pigz', 'tar', 'unshare']);
  await mkdir(options.cacheDir, { recursive: true });
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = (await open(options.logFile, 'w')).createWriteStream();
  // A log that cannot be written is no reason to fail: what fills the disk fails by itself, and says so.
  log.on('error', () => undefined);
  await using workDir = await openWorkDir(options.cacheDir);
  const run: BuilderRun = {
    workDir: workDir.path,
    cacheDir: options.cacheDir,
    log,
    logFile: options.logFile,
    signal: options.signal,
    clock,
    report: (stage, detail) => {
      const elapsedMs = clock.now().getTime() - startedMs;
      log.write(`[${(elapsedMs / 1000).toFixed(1)} s] ${stage}: ${detail}\n`);
      options.onProgress?.({ stage, detail, elapsedMs });
    },
  };
  try {
    const built = await buildOrReuse(run, options);
    const path = options.outputPath === undefined ? built.path : await placeStemcell(built.path, options.outputPath);
    return { ...built, path, elapsedMs: clock.now().getTime() - startedMs };
  } catch (error) {
    throw errnoOf(error) === 'ENOSPC' ? noRoom(run, messageOf(error), error) : error;
  } finally {
    log.end();
    await finished(log).catch(() => undefined);
  }
}

async function buildOrReuse(run: BuilderRun, options: BuildStemcellOptions): Promise<Omit<BuiltStemcell, 'elapsedMs'>> {
  const system = options.os ?? 'debian-bookworm';
  const suite = system.replace(/^debian-/, '');
  const overlay = join(run.workDir, 'overlay');
  await layAgent(run, overlay, options);
  const tree = await osTree(run, { suite, key: await osTreeKey(suite), refresh: options.refresh ?? false });
  const name = `warden-boti-${system}${options.agentBinary === undefined ? '' : '-go_agent'}`;
  const compileKey = contentKey({ imageRecipe, os: tree.key, packages: digestOf(tree.packages) });
  const key = contentKey({
    compileKey,
    overlay: await hashOfTree(overlay),
    name,
    version: options.version,
  });
  const folder = stemcellFolder(run.cacheDir, key);
  const cached = await cachedStemcell(folder);
  if (cached !== undefined) {
    run.report('stemcell', 'nothing has changed: taken from the cache');
    return { path: cached, manifest: await readStemcellManifest(cached), fromCache: true };
  }
  const version = options.version ?? stemcellVersionAt(run.clock.now());
  const built = await pack(run, { system, name, version, tree, overlay, folder, compileKey });
  for (const kind of ['os', 'stemcells']) await pruneCache(join(run.cacheDir, kind));
  return { ...built, fromCache: false };
}

interface Ingredients {
  readonly system: StemcellSystem;
  readonly name: string;
  readonly version: string;
  readonly tree: OsTree;
  readonly overlay: string;
  readonly folder: string;
  /** All that goes into the stemcell but the agent. */
  readonly compileKey: string;
}

async function pack(run: BuilderRun, parts: Ingredients): Promise<{ path: string; manifest: StemcellManifest }> {
  const { tree, overlay, folder, name, version } = parts;
  await writeFile(join(overlay, 'var/vcap/bosh/etc/stemcell_version'), version);
  const image = await containerImage(run, { treeTarball: tree.tarball, overlay });
  run.report('stemcell', 'packing');
  await using undo = new AsyncDisposableStack();
  await mkdir(folder, { recursive: true });
  undo.defer(() => rm(folder, { recursive: true }));
  const path = join(folder, `bosh-stemcell-${version}-${name}.tgz`);
  const manifest = await writeStemcell(
    path,
    {
      manifest: manifestOf(parts),
      image: { path: image },
      sideFiles: { 'packages.txt': tree.packages, 'dev_tools_file_list.txt': tree.devToolsFiles },
      modified: run.clock.now(),
    },
    run.signal === undefined ? {} : { signal: run.signal },
  );
  undo.move();
  return { path, manifest };
}

function manifestOf({ system, name, version, compileKey }: Ingredients): Omit<StemcellManifest, 'sha1'> {
  return {
    name: `bosh-${name}`,
    version,
    operatingSystem: system,
    apiVersion: 3,
    compileKey,
    boshProtocol: '1',
    formats: ['warden-tar', 'general-tar'],
    cloudProperties: {
      name: `bosh-${name}`,
      version,
      infrastructure: 'warden',
      hypervisor: 'boti',
      disk: 5120,
      disk_format: 'files',
      container_format: 'bare',
      os_type: 'linux',
      os_distro: 'debian',
      architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
    },
  };
}

async function checkTools(tools: readonly string[]): Promise<void> {
  const script = 'for tool in "$@"; do command -v "$tool" >/dev/null || echo "$tool"; done';
  const { stdout } = await runCommand('sh', ['-c', script, 'sh', ...tools]);
  const missing = stdout.split('\n').filter((tool) => tool !== '');
  if (missing.length === 0) return;
  throw new ExpectedError(`Building a stemcell needs ${missing.join(', ')}, which this machine does not have`, {
    hint: `apt-get install ${missing.map((tool) => (tool === 'unshare' ? 'util-linux' : tool)).join(' ')}`,
  });
}
