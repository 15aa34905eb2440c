import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ExpectedError, messageOf } from '@boti/core';
import { interpolateTemplate, parseOpsFile, readInput, readVariables, varsStoreFile } from '../src/index.ts';

/** One recorded call of upstream's `interpolate`: its files, its flags, and what came of it. */
export interface InterpolateCase {
  readonly name: string;
  readonly group?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly stdout: string;
  readonly exit: number;
}

export interface Outcome {
  readonly stdout: string;
  readonly exit: number;
  readonly error: string;
  /** The vars-store file afterwards. */
  readonly store: string | undefined;
}

export async function readCases(file: string): Promise<readonly InterpolateCase[]> {
  const text = await readFile(join(import.meta.dirname, 'fixtures', file), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as InterpolateCase);
}

const flagNames: Readonly<Record<string, string>> = { '-o': '--ops-file', '-v': '--var', '-l': '--vars-file' };

/** Does what the CLI does with these arguments. An error that is not an expected one is thrown. */
export async function runInterpolate(given: InterpolateCase): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'interpolate-'));
  try {
    for (const [name, content] of Object.entries(given.files)) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), content);
    }
    const outcome = await interpolate(dir, given);
    return { ...outcome, store: await readFile(join(dir, 'store.yml'), 'utf8').catch(() => undefined) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function interpolate(dir: string, given: InterpolateCase): Promise<Omit<Outcome, 'store'>> {
  const { manifest, flags } = parseArgs(given.args.slice(1));
  const inDir = (path: string): string => resolve(dir, path);
  const all = (flag: string): readonly string[] => flags.get(flag) ?? [];
  try {
    const vars = await readVariables(
      {
        var: all('--var'),
        varFile: all('--var-file').map((flag) => flag.replace(/=(.+)/s, (_, path: string) => `=${inDir(path)}`)),
        varsFile: all('--vars-file').map(inDir),
        varsEnv: all('--vars-env'),
      },
      given.env ?? {},
    );
    const ops = [];
    for (const file of all('--ops-file')) ops.push(parseOpsFile(await readInput(inDir(file), 'Ops file'), file));
    const text = manifest === '-' ? (given.stdin ?? '') : await readInput(inDir(manifest), 'Manifest');
    const [store] = all('--vars-store');
    const [path] = all('--path');
    const result = await interpolateTemplate({
      template: { text, file: manifest },
      ops,
      vars,
      ...(store === undefined ? {} : { varsStore: varsStoreFile(inDir(store)) }),
      ...(path === undefined ? {} : { path }),
      varErrs: flags.has('--var-errs'),
      varErrsUnused: flags.has('--var-errs-unused'),
    });
    return { stdout: result.text, exit: 0, error: '' };
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return { stdout: '\n', exit: 1, error: messageOf(error) };
  }
}

function parseArgs(args: readonly string[]): { manifest: string; flags: ReadonlyMap<string, readonly string[]> } {
  const flags = new Map<string, string[]>();
  let manifest = '';
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '-' || !arg.startsWith('-')) {
      manifest = arg;
      continue;
    }
    const [name = '', inline] = arg.startsWith('--') ? arg.split(/=(.*)/s, 2) : [arg];
    const flag = flagNames[name] ?? name;
    const isSwitch = flag.startsWith('--var-errs');
    flags.set(flag, [...(flags.get(flag) ?? []), isSwitch ? '' : (inline ?? rest.shift() ?? '')]);
  }
  return { manifest, flags };
}
