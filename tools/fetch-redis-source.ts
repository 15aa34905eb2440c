import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DigestMismatch, ExpectedError, messageOf, runCommand, verifyFileDigest } from '@boti/core';
import { listBlobs } from '@boti/release';

/**
 * Puts Redis's source, as its authors released it, into the example release's blobs. It comes from Debian's source
 * package (`redis_7.0.15.orig.tar.gz`), fetched by an apt with a configuration and state of its own, so that the
 * machine's sources and package lists stay as they are. What must arrive stands in config/blobs.yml.
 *
 *   bin/node tools/fetch-redis-source.ts [FILE]     FILE: the tarball, where it is at hand already
 */
const blob = 'redis/redis-7.0.15.tar.gz';
const debianName = 'redis_7.0.15.orig.tar.gz';

export interface FetchRedisOptions {
  /** `examples/releases/redis` when absent. */
  readonly releaseDir?: string;
  readonly file?: string;
  readonly onProgress?: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** Answers the blob's path, and whether it had to be fetched. */
export async function fetchRedisSource(options: FetchRedisOptions = {}): Promise<{ path: string; fetched: boolean }> {
  const releaseDir = options.releaseDir ?? join(import.meta.dirname, '../examples/releases/redis');
  const path = join(releaseDir, 'blobs', blob);
  const digest = await pinnedDigest(releaseDir);
  if (await hasDigest(path, digest)) return { path, fetched: false };
  if (options.file !== undefined) {
    await install(options.file, path, digest);
    return { path, fetched: true };
  }
  const workDir = await mkdtemp(join(tmpdir(), 'boti-redis-source-'));
  try {
    await install(await download(workDir, options), path, digest);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return { path, fetched: true };
}

async function pinnedDigest(releaseDir: string): Promise<string> {
  const pinned = (await listBlobs(releaseDir)).find(({ path }) => path === blob);
  if (pinned === undefined) throw new ExpectedError(`config/blobs.yml of '${releaseDir}' does not list '${blob}'`);
  return pinned.sha;
}

async function hasDigest(path: string, digest: string): Promise<boolean> {
  try {
    await verifyFileDigest(path, digest);
    return true;
  } catch (error) {
    if (error instanceof DigestMismatch || (error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function install(from: string, to: string, digest: string): Promise<void> {
  await verifyFileDigest(from, digest, `Redis's source '${from}'`);
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, `${to}.partial`);
  await rename(`${to}.partial`, to);
}

async function download(workDir: string, options: FetchRedisOptions): Promise<string> {
  const { signal, onProgress = () => undefined } = options;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', APT_CONFIG: await privateApt(workDir), LC_ALL: 'C' };
  const command = { cwd: workDir, env, ...(signal === undefined ? {} : { signal }) };
  try {
    onProgress('fetching the lists of source packages');
    await runCommand('apt-get', ['--quiet', 'update'], command);
    onProgress("fetching Redis's source");
    await runCommand('apt-get', ['--quiet', '--download-only', 'source', 'redis'], command);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ExpectedError(`Redis's source package could not be fetched: ${messageOf(cause)}`, { hint, cause });
  }
  return join(workDir, debianName);
}

const hint = `Check that 'apt-get update' works here, or hand over the tarball: tools/fetch-redis-source.ts ${debianName}`;

/** A configuration that reads the machine's Debian sources as source-package lines and writes only below `workDir`. */
async function privateApt(workDir: string): Promise<string> {
  const format = 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await runCommand('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
    'Origin: Debian',
  ]);
  const sources = [...new Set(stdout.split('\n').filter((line) => line.includes(' bookworm')))];
  if (sources.length === 0) {
    throw new ExpectedError('This machine has no package lists of Debian 12 (bookworm) to find Redis in', { hint });
  }
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(workDir, folder), { recursive: true });
  }
  await writeFile(join(workDir, 'sources.list'), `${sources.join('\n')}\n`);
  const settings = {
    'Dir::Etc::sourcelist': join(workDir, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': join(workDir, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(workDir, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  const config = join(workDir, 'apt.conf');
  await writeFile(
    config,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  );
  return config;
}

if (import.meta.main) {
  const file = process.argv[2];
  const onProgress = (detail: string): void => console.error(`${detail} …`);
  const { path, fetched } = await fetchRedisSource({ onProgress, ...(file === undefined ? {} : { file }) });
  console.error(fetched ? `Redis's source is in ${path}` : `Redis's source was there already: ${path}`);
}
