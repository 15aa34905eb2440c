import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { ExpectedError, runCommand } from '@boti/core';
import { createRelease, syncBlobs, uploadBlobs } from '../src/index.ts';

/** One thing that is odd about a tiny release, and what upstream's CLI 7.1.2 makes of it. */
interface OddRelease {
  readonly name: string;
  readonly args: readonly string[];
  /** What differs from the baseline. */
  readonly files?: Readonly<Record<string, string>>;
  readonly dropped?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly exit: number;
  /** `name/version` */
  readonly release?: string;
  /** `name/fingerprint` of jobs, then packages. */
  readonly builds?: readonly string[];
}

const baseline: Readonly<Record<string, string>> = {
  'config/final.yml': 'name: bad\n',
  'jobs/j/spec': '---\nname: j\ntemplates: {t.erb: bin/t}\npackages: [p]\n',
  'jobs/j/monit': '',
  'jobs/j/templates/t.erb': 't\n',
  'packages/p/spec': '---\nname: p\nfiles: [f]\n',
  'packages/p/packaging': 'true\n',
  'src/f': 'f\n',
};

/** What the recordings cannot say in files. */
const preparations: Readonly<Record<string, (dir: string) => Promise<unknown>>> = {
  'stray-empty-dir': (dir) => mkdir(join(dir, 'packages/emptydir'), { recursive: true }),
  'git-no-commits': (dir) => runCommand('git', ['init', '-q', dir]),
  'git-no-commits-noforce': (dir) => runCommand('git', ['init', '-q', dir]),
  'pkg-group-exec-only': (dir) => chmod(join(dir, 'src/f'), 0o614),
};

const differences: Readonly<Record<string, string>> = {
  'two-pkgs-same-name': 'is refused: upstream makes a tarball in which one of the packages is lost',
};

const text = await readFile(join(import.meta.dirname, 'fixtures/odd-releases.jsonl'), 'utf8');
const cases = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as OddRelease);

describe('odd releases are built, or refused, as upstream does', () => {
  for (const given of cases.filter(({ name }) => !(name in differences))) {
    test(given.name, async () => {
      const { error = '', ...outcome } = await build(given);

      const expected = given.exit === 0 ? { exit: 0, release: given.release, builds: given.builds } : { exit: 1 };
      assert.deepEqual(outcome, given.args[0] === 'create-release' ? expected : { exit: given.exit }, error);
      if (given.exit === 1) assert.ok(error.length > 10);
    });
  }

  for (const [name, difference] of Object.entries(differences)) {
    test(`${name} ${difference}`, async () => {
      const given = cases.find((candidate) => candidate.name === name);
      assert.ok(given);

      const { exit, error } = await build(given);

      assert.equal(exit, 1);
      assert.match(error ?? '', /package called 'p'/);
    });
  }
});

interface Outcome {
  readonly exit: number;
  readonly release?: string | undefined;
  readonly builds?: readonly string[] | undefined;
  readonly error?: string;
}

async function build(given: OddRelease): Promise<Outcome> {
  const root = await mkdtemp(join(tmpdir(), 'odd-release-'));
  try {
    const dir = join(root, 'release');
    await mkdir(dir);
    await writeFiles(dir, given);
    await preparations[given.name]?.(dir);
    return await run(dir, given.args, join(root, 'cache'));
  } catch (error) {
    if (!(error instanceof ExpectedError) && !(error instanceof AggregateError)) throw error;
    return { exit: 1, error: error.message || String((error as AggregateError).errors) };
  } finally {
    await rm(root, { recursive: true });
  }
}

async function writeFiles(dir: string, { files = {}, dropped = [], links = {} }: OddRelease): Promise<void> {
  for (const [path, content] of Object.entries({ ...baseline, ...files })) {
    if (dropped.includes(path)) continue;
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await symlink(target, join(dir, path));
  }
}

async function run(dir: string, args: readonly string[], cacheDir: string): Promise<Outcome> {
  const [command, ...rest] = args;
  const value = (flag: string): string | undefined => (rest.includes(flag) ? rest[rest.indexOf(flag) + 1] : undefined);
  const options = { dir: value('--dir') ?? dir, cacheDir };
  if (command === 'upload-blobs') await uploadBlobs(options);
  if (command === 'sync-blobs') await syncBlobs(options);
  if (command !== 'create-release') return { exit: 0 };
  const optional = {
    version: value('--version'),
    tarball: value('--tarball') && join(dir, value('--tarball') ?? ''),
    manifestPath: rest[0]?.endsWith('.yml') ? join(dir, rest[0]) : undefined,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, item]) => item !== undefined));
  const flags = { force: rest.includes('--force'), final: rest.includes('--final') };
  const { manifest } = await createRelease({
    ...options,
    ...given,
    ...flags,
    timestampVersion: rest.includes('--timestamp-version'),
  });
  const entries = [...manifest.jobs, ...(manifest.packages ?? [])];
  return {
    exit: 0,
    release: `${manifest.name}/${manifest.version}`,
    builds: entries.map(({ name, fingerprint }) => `${name}/${fingerprint}`),
  };
}
