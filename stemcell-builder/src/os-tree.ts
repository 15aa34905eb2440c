import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { digestOfFile, ExpectedError, errnoOf, isReachable } from '@boti/core';
import { type BuilderRun, runTool } from './builder-run.ts';
import { contentKey, hashOfTree } from './content-hash.ts';
import { machineSources } from './machine-sources.ts';
import { packageList } from './package-list.ts';
import { touch } from './stemcell-cache.ts';

/** A finished operating system without an agent: a tarball and what it holds. */
export interface OsTree {
  readonly key: string;
  /** Tar, compressed with zstd. */
  readonly tarball: string;
  readonly packages: string;
  readonly devToolsFiles: string;
}

const builderRoot = join(import.meta.dirname, '..');
const customizeScript = join(builderRoot, 'customize.sh');
const rootfs = join(builderRoot, 'rootfs');

/** Nobody reads manuals and translations on a VM: 50 MB. Licences stay. */
const dpkgOptions = [
  'force-unsafe-io',
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
];

export async function osTreeKey(suite: string): Promise<string> {
  const script = await digestOfFile(customizeScript);
  return contentKey({ suite, arch: arch(), packageList, dpkgOptions, script, rootfs: await hashOfTree(rootfs) });
}

/** The tree for this key from the cache, or a new one. `refresh` fetches the packages anew. */
export async function osTree(
  run: BuilderRun,
  wanted: { suite: string; key: string; refresh: boolean },
): Promise<OsTree> {
  const folder = join(run.cacheDir, 'os', `${wanted.suite}-${wanted.key}`);
  if (wanted.refresh || !(await isReachable(folder))) await makeTree(run, wanted.suite, folder);
  else run.report('operating system', 'taken from the cache');
  await touch(folder);
  return {
    key: wanted.key,
    tarball: join(folder, 'tree.tar.zst'),
    packages: await readFile(join(folder, 'packages.txt'), 'utf8'),
    devToolsFiles: await readFile(join(folder, 'dev_tools_file_list.txt'), 'utf8'),
  };
}

async function makeTree(run: BuilderRun, suite: string, folder: string): Promise<void> {
  checkRoot();
  const facts = join(run.workDir, 'os');
  const tar = join(run.workDir, 'os.tar');
  await mkdir(facts);
  await debootstrap(run, { suite, tar, facts });
  run.report('operating system', 'compressing for the cache');
  await runTool(run, ['zstd', '-q', '-3', '-T0', '--rm', tar, '-o', join(facts, 'tree.tar.zst')]);
  await publish(run, facts, folder);
}

async function debootstrap(run: BuilderRun, target: { suite: string; tar: string; facts: string }): Promise<void> {
  const sources = await machineSources(target.suite, run.signal);
  const hook = `${quoted(customizeScript)} "$1" ${quoted(rootfs)} ${quoted(target.facts)}`;
  const command = [
    ...['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=KILL'],
    ...['mmdebstrap', '--mode=root', '--variant=minbase', '--format=tar'],
    ...dpkgOptions.map((option) => `--dpkgopt=${option}`),
    `--include=${packageList.join(',')}`,
    `--customize-hook=${hook}`,
    target.suite,
    target.tar,
    ...(sources === '' ? [] : ['-']),
  ];
  run.report('operating system', 'fetching the package lists');
  await runTool(run, command, {
    env: { TMPDIR: run.workDir },
    input: sources,
    onLine: (line) => {
      const step = steps.find(([start]) => line.startsWith(start));
      if (step !== undefined) run.report('operating system', step[1]);
    },
  });
}

/** mmdebstrap's lines that say where it is, and our words for them. */
const steps: ReadonlyArray<readonly [string, string]> = [
  ['I: downloading packages', 'fetching the base packages'],
  ['I: installing essential', 'installing the base packages'],
  ['I: installing remaining', 'fetching and installing the other packages'],
  ['I: running --customize-hook', 'adding users, services and scripts'],
  ['I: creating tarball', 'packing'],
];

/** Moves the finished folder into the cache in one step, so that nobody ever sees half of it. */
async function publish(run: BuilderRun, from: string, to: string): Promise<void> {
  const incoming = `${to}.${process.pid}.new`;
  const outgoing = `${to}.${process.pid}.old`;
  await using undo = new AsyncDisposableStack();
  for (const folder of [incoming, outgoing]) undo.defer(() => rm(folder, { recursive: true, force: true }));
  await mkdir(dirname(to), { recursive: true });
  await runTool(run, ['cp', '-r', from, incoming]);
  await rename(to, outgoing).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
  await rename(incoming, to);
}

function checkRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new ExpectedError('Building the operating system of a stemcell needs root', {
    hint: 'Run it with sudo. Later builds, with the operating system in the cache, do not need it.',
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
