/**
 * Compares our fingerprints with those that release repositories have committed, and with upstream's CLI.
 *
 *   bin/node tools/compare-fingerprints.ts FOLDER...     folders that are, or hold, checkouts of release repositories
 *   BOSH_CLI=/path/to/bosh bin/node tools/compare-fingerprints.ts FOLDER...
 *
 * Each checkout stands at the commit that adds a final release. Packages that take files from blobs or submodules are
 * left out, and said so. One line of a Markdown table a repository; differences go to standard error.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadYaml } from '@boti/manifest';
import { fingerprintsOf, globMatcher, parseReleaseManifest, type SourceFingerprint } from '@boti/release';

type Kind = SourceFingerprint['kind'];
type Known = ReadonlyMap<string, string>;

interface Excluded {
  readonly name: string;
  readonly why: 'blobs' | 'submodules' | 'vendored';
}

const kinds = ['job', 'package', 'license'] as const;
const keyOf = (kind: Kind, name: string): string => `${kind} ${name}`;

const dirs = process.argv.slice(2).flatMap((folder) => (isRelease(folder) ? [folder] : releasesIn(folder)));
let differences = 0;
console.log('| repository | commit | release | jobs | packages | licence | left out | CLI |');
console.log('|---|---|---|---|---|---|---|---|');
for (const dir of dirs) await compare(dir);
process.exitCode = differences === 0 ? 0 : 1;

function isRelease(folder: string): boolean {
  return existsSync(join(folder, 'config/final.yml')) || existsSync(join(folder, 'releases'));
}

function releasesIn(folder: string): readonly string[] {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return paths.filter(isRelease);
}

async function compare(dir: string): Promise<void> {
  const commit = git(dir, 'rev-parse', '--short', 'HEAD');
  const { known, release } = committedFingerprints(dir);
  const all = await fingerprintsOf(dir);
  const excluded = all.filter(({ kind }) => kind === 'package').flatMap((found) => exclusion(dir, found));
  const compared = all.filter(({ kind, name }) => kind !== 'package' || !excluded.some((one) => one.name === name));
  const counts = kinds.map((kind) => {
    const ours = compared.filter((found) => found.kind === kind && hasNewFormat(known.get(keyOf(kind, found.name))));
    const equal = ours.filter((found) => found.fingerprint === known.get(keyOf(kind, found.name)));
    for (const found of ours) if (!equal.includes(found)) tell(dir, found, known.get(keyOf(kind, found.name)));
    return `${equal.length}/${ours.length}`;
  });
  const cli = process.env.BOSH_CLI === undefined ? '–' : againstCli(process.env.BOSH_CLI, dir, { compared, excluded });
  console.log(`| ${[repositoryOf(dir), commit, release, ...counts, leftOut(excluded), cli].join(' | ')} |`);
}

/** Upstream's CLI wrote SHA-1 until December 2018; such fingerprints are kept, never computed again. */
function hasNewFormat(fingerprint: string | undefined): boolean {
  return fingerprint?.length === 64;
}

function git(dir: string, ...args: string[]): string {
  return execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8' }).trim();
}

function repositoryOf(dir: string): string {
  return basename(dir).replace('+', '/');
}

function tell(
  dir: string,
  { kind, name, fingerprint, problem }: SourceFingerprint,
  expected: string | undefined,
): void {
  differences += 1;
  console.error(`${repositoryOf(dir)}: ${kind} '${name}' has ${fingerprint ?? problem}, expected ${expected}`);
}

/** Of the final release that the checked out commit adds. */
function committedFingerprints(dir: string): { readonly known: Known; readonly release: string } {
  const added = git(
    dir,
    'show',
    '--format=',
    '--name-only',
    '--diff-filter=A',
    '-m',
    '--first-parent',
    'HEAD',
    '--',
    'releases',
  );
  const file = added.split('\n').find((path) => path.endsWith('.yml') && !path.endsWith('index.yml'));
  if (file === undefined) throw new Error(`The commit checked out in '${dir}' adds no final release`);
  const manifest = parseReleaseManifest(readFileSync(join(dir, file), 'utf8'), file);
  return { known: fingerprintsIn(manifest), release: `${manifest.name}/${manifest.version}` };
}

function fingerprintsIn({ jobs, packages, license }: ReturnType<typeof parseReleaseManifest>): Known {
  const entry =
    (kind: Kind) =>
    ({ name, version, fingerprint = version }: { name: string; version: string; fingerprint?: string | undefined }) =>
      [keyOf(kind, name), fingerprint] as const;
  const licenses = license == null ? [] : [{ ...license, name: 'license' }];
  return new Map([
    ...jobs.map(entry('job')),
    ...(packages ?? []).map(entry('package')),
    ...licenses.map(entry('license')),
  ]);
}

function exclusion(dir: string, { name, isVendored }: SourceFingerprint): readonly Excluded[] {
  if (isVendored) return [{ name, why: 'vendored' }];
  const spec = loadYaml(readFileSync(join(dir, 'packages', name, 'spec'), 'utf8')) as {
    files?: readonly string[] | null;
  };
  const patterns = spec.files ?? [];
  if (patterns.some((pattern) => blobsOf(dir).some((path) => globMatcher(pattern).test(path))))
    return [{ name, why: 'blobs' }];
  const modules = submodulesOf(dir);
  const inModule = patterns.some((pattern) => modules.some((path) => mayMeet(pattern, path)));
  return inModule ? [{ name, why: 'submodules' }] : [];
}

function blobsOf(dir: string): readonly string[] {
  const file = join(dir, 'config/blobs.yml');
  return existsSync(file) ? Object.keys((loadYaml(readFileSync(file, 'utf8')) as object | null) ?? {}) : [];
}

/** Under src/. */
function submodulesOf(dir: string): readonly string[] {
  const file = join(dir, '.gitmodules');
  if (!existsSync(file)) return [];
  const paths = [...readFileSync(file, 'utf8').matchAll(/^\s*path\s*=\s*(.*)$/gm)].map(([, path = '']) => path.trim());
  return paths.filter((path) => path.startsWith('src/')).map((path) => path.slice('src/'.length));
}

function mayMeet(pattern: string, path: string): boolean {
  const base = pattern.split(/[*?[{]/)[0] ?? '';
  return base.startsWith(`${path}/`) || `${path}/`.startsWith(base) || globMatcher(pattern).test(path);
}

function leftOut(excluded: readonly Excluded[]): string {
  const reasons = (['blobs', 'submodules', 'vendored'] as const).map((why) => {
    const count = excluded.filter((one) => one.why === why).length;
    return count === 0 ? [] : [`${count} ${why}`];
  });
  return reasons.flat().join(', ') || '–';
}

interface Compared {
  readonly compared: readonly SourceFingerprint[];
  readonly excluded: readonly Excluded[];
}

/** Builds the release with upstream's CLI; packages left out are replaced by empty ones, so that nothing is fetched. */
function againstCli(cli: string, dir: string, { compared, excluded }: Compared): string {
  const work = mkdtempSync(join(tmpdir(), 'compare-fingerprints-'));
  try {
    const copy = join(work, 'release');
    cpSync(dir, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => basename(path) !== '.git' });
    for (const folder of ['.final_builds', '.dev_builds', 'releases', 'dev_releases'])
      rmSync(join(copy, folder), { recursive: true, force: true });
    mkdirSync(join(copy, 'config'), { recursive: true });
    writeFileSync(join(copy, 'config/blobs.yml'), '--- {}\n');
    writeFileSync(join(copy, 'config/final.yml'), 'name: compared\n');
    for (const { name } of excluded) emptyPackage(copy, name);
    const env = { ...process.env, HOME: work, PATH: `${withoutScripts(work)}:${process.env.PATH}` };
    execFileSync(cli, ['create-release', '--dir', copy, '--force', '--version', '1', '-n'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const path = join(copy, 'dev_releases/compared/compared-1.yml');
    const theirs = fingerprintsIn(parseReleaseManifest(readFileSync(path, 'utf8'), path));
    const equal = compared.filter(({ kind, name, fingerprint }) => theirs.get(keyOf(kind, name)) === fingerprint);
    for (const found of compared)
      if (!equal.includes(found)) tell(dir, found, `${theirs.get(keyOf(found.kind, found.name))} of the CLI`);
    return `${equal.length}/${compared.length}`;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** A `bash` that does nothing: pre_packaging scripts want tools that are not here, and change no fingerprint. */
function withoutScripts(work: string): string {
  const folder = join(work, 'bin');
  mkdirSync(folder);
  writeFileSync(join(folder, 'bash'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  return folder;
}

function emptyPackage(release: string, name: string): void {
  const folder = join(release, 'packages', name);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'spec'), `---\nname: ${name}\n`);
  writeFileSync(join(folder, 'packaging'), 'true\n');
}
