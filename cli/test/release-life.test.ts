import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { changesBetween, snapshotOf } from './folder-snapshot.ts';
import { listTarball } from './list-tarball.ts';
import { Masks, sortedIndex, sortedProgress } from './release-life-masks.ts';
import { preparations } from './release-life-sources.ts';
import { type CliRun, runCli } from './run-cli.ts';

/** One step in the life of a release directory, as upstream's CLI 7.1.2 took it. */
interface Step {
  readonly step: string;
  readonly args?: readonly string[];
  readonly dir: string;
  readonly exit: number;
  readonly stdout?: string;
  /** What upstream's error names. */
  readonly errorNames?: readonly string[];
  readonly changed?: Readonly<Record<string, string>>;
  readonly removed?: readonly string[];
  /** Member → members of the archive that it is. */
  readonly tarball?: Readonly<Record<string, readonly string[]>>;
  readonly manifest?: string;
  /** Absent: only `Succeeded`. */
  readonly tty?: string;
  /** The lines, or the whole object. Absent: only `Succeeded`. */
  readonly json?: readonly string[] | object;
}

/** Where we do better; see docs/contracts/deviations.md. The step is then tried on a copy. */
const betterSteps: Readonly<Record<string, RegExp>> = {
  '24a-create-release-cold-cache-dev-index-present': /^myrel\t\n12\+dev\.1\t/,
  '24b-create-from-manifest-cold-cache': /^myrel\t\n1\t/,
};

/** Upstream loses the packages of jobs when it makes a tarball from a manifest. */
const keepsPackages = new Set(['24-create-from-manifest', '24d-create-from-manifest-cold-cache-no-dev-index']);

function withoutJobPackages(text: string): string {
  return text
    .replace(/^(web\/.*(?:\t| {2}))app(\t| {2})\n.*bloby(?:\t| {2})\n/m, '$1-$2\n')
    .replace('  packages:\n  - app\n  - bloby\n', '  packages: []\n');
}

const lines = await readFile(join(import.meta.dirname, 'fixtures/release-life/steps.jsonl'), 'utf8');
const steps = lines
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Step);

// Hundreds of small files are written through to the disk.
const inMemory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const cwd = process.cwd();
let root: string;
let masks: Masks;
before(async () => {
  root = await realpath(await mkdtemp(join(inMemory, 'release-life-')));
  masks = new Masks(root);
  for (const dir of ['r0', 'r00', 'r1', 'r2', 'home']) await mkdir(join(root, dir));
  await writeFile(join(root, 'blob1.tgz'), 'blob one content\n');
  await writeFile(join(root, 'blob2.bin'), 'blob two\n');
});
after(async () => {
  process.chdir(cwd);
  await rm(root, { recursive: true });
});

for (const step of steps) {
  test(`${step.step} as upstream does it`, async () => {
    await preparations[step.step]?.(root);
    const better = betterSteps[step.step];
    if (better !== undefined) assert.match((await onCopy(step, [])).stdout, better);
    else if (step.args === undefined) await compareTarball(step, join(root, `${step.step.slice(-2)}.tgz`));
    else if (step.exit === 0) await compareSuccess(step);
    else await compareFailure(step);
  });
}

async function run(at: string, { dir, args = [] }: Step, extra: readonly string[], isTty = false): Promise<CliRun> {
  process.chdir(join(at, dir));
  const words = args.filter((arg) => arg !== '--sha2').map((arg) => arg.replaceAll('$DIR', at));
  return await runCli([...words, ...extra], { env: { HOME: join(at, 'home') }, isTty });
}

/** Runs the step on a copy of everything, so that the next form starts from the same state. */
async function onCopy(step: Step, extra: readonly string[], isTty = false): Promise<CliRun> {
  const copy = `${root}-copy`;
  await cp(root, copy, { recursive: true, verbatimSymlinks: true });
  try {
    const { exit, stdout, stderr } = await run(copy, step, extra, isTty);
    return { exit, stdout: stdout.replaceAll(copy, root), stderr };
  } finally {
    process.chdir(root);
    await rm(copy, { recursive: true });
  }
}

async function compareSuccess(step: Step): Promise<void> {
  const dir = join(root, step.dir);
  const tty = await onCopy(step, [], true);
  const json = await onCopy(step, ['--json']);
  const state = await snapshotOf(dir);

  const plain = await run(root, step, []);

  assert.equal(plain.exit, 0, plain.stderr);
  await masks.learn(dir, plain.stdout);
  const known = keepsPackages.has(step.step) ? withoutJobPackages : (text: string) => text;
  assert.equal(known(masks.apply(plain.stdout)), step.stdout);
  if (step.changed !== undefined) compareFiles(step, changesBetween(state, await snapshotOf(dir)));
  if (step.tarball !== undefined)
    await compareTarball(step, join(dir, step.args?.at(step.args.indexOf('--tarball') + 1) ?? ''));
  assert.equal(sortedProgress(known(masks.apply(tty.stdout))), step.tty ?? 'Succeeded\n');
  compareJson(step, json);
}

function compareFiles(step: Step, { changed, removed }: ReturnType<typeof changesBetween>): void {
  const masked = Object.entries(changed).map(([path, state]) => {
    const text = masks.apply(state);
    return [masks.apply(path), path.endsWith('index.yml') ? sortedIndex(text) : text];
  });
  assert.deepEqual(Object.fromEntries(masked), step.changed);
  assert.deepEqual(removed.map((path) => masks.apply(path)).sort(), step.removed);
}

async function compareTarball({ step, tarball = {}, manifest }: Step, path: string): Promise<void> {
  const found = await listTarball(path);

  assert.deepEqual(found.members, tarball);
  const known = keepsPackages.has(step) ? withoutJobPackages : (text: string) => text;
  assert.equal(known(masks.apply(found.manifest)), manifest);
}

function compareJson({ json = ['Succeeded'] }: Step, { stdout }: CliRun): void {
  const found = masks.applyToAll(JSON.parse(stdout)) as { Lines: string[] };
  const sorted = { ...found, Lines: found.Lines.toSorted() };
  assert.deepEqual(Array.isArray(json) ? sorted.Lines : sorted, json);
}

async function compareFailure(step: Step): Promise<void> {
  const dir = join(root, step.dir);
  const tty = await onCopy(step, [], true);
  const json = await onCopy(step, ['--json']);
  const state = await snapshotOf(dir);

  const plain = await run(root, step, []);

  assert.deepEqual([plain.exit, plain.stdout], [1, '\n']);
  assert.match(plain.stderr, /\nExit code 1\n$/);
  const error = masks.apply(plain.stderr);
  for (const name of step.errorNames ?? []) assert.ok(error.includes(name), `${name} in ${error}`);
  if (step.changed !== undefined) compareFiles(step, changesBetween(state, await snapshotOf(dir)));
  assert.equal(tty.exit, 1);
  const last = json.stdout === '\n' ? json.stderr : (JSON.parse(json.stdout) as { Lines: string[] }).Lines.at(-1);
  assert.match(last ?? '', /^(?:.*\n)*Exit code 1\n?$/);
}
