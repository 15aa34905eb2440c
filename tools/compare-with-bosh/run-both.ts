import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { tryCommand } from '@boti/core';
import type { Comparison } from './comparisons.ts';

export interface Difference {
  readonly command: string;
  readonly lines: readonly string[];
}

export interface Runner extends AsyncDisposable {
  compare(comparison: Comparison): Promise<Difference | 'equal' | 'both refuse'>;
}

/** The CLI of this clone, or another one. */
const boti = process.env.BOTI_CLI ?? join(import.meta.dirname, '../../bin/boti');

/** Runs both programs in the folder; what they write goes to a temporary one. */
export async function openRunner(given: { readonly folder: string; readonly upstream: string }): Promise<Runner> {
  const scratch = await mkdtemp(join(tmpdir(), 'compare-with-bosh-'));
  const programs = { upstream: resolve(given.upstream), boti };
  return {
    async compare(comparison) {
      const [theirs, ours] = await Promise.all([
        run(programs.upstream, comparison, { folder: given.folder, scratch: join(scratch, 'u-') }),
        run(programs.boti, comparison, { folder: given.folder, scratch: join(scratch, 'b-') }),
      ]);
      const lines = differences(theirs, ours, comparison.isMasked === true);
      if (lines.length > 0) return { command: `interpolate ${comparison.args.join(' ')}`, lines };
      return ours.exitCode === 0 ? 'equal' : 'both refuse';
    },
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }),
  };
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: readonly string[];
}

interface Place {
  readonly folder: string;
  /** What the paths of files begin with. */
  readonly scratch: string;
}

async function run(program: string, comparison: Comparison, { folder, scratch }: Place): Promise<Outcome> {
  const names = comparison.args.filter((arg) => arg.startsWith('@')).map((arg) => arg.slice(1));
  for (const [name, text] of Object.entries(comparison.files ?? {})) await writeFile(scratch + name, text);
  const args = comparison.args.map((arg) => (arg.startsWith('@') ? scratch + arg.slice(1) : arg));
  const result = await tryCommand(program, ['interpolate', ...args], { cwd: folder, timeoutMs: 1_800_000 });
  const files = await Promise.all(names.map((name) => readFile(scratch + name, 'utf8').catch(() => '')));
  for (const name of names) await rm(scratch + name, { force: true });
  return { ...result, files };
}

/** Texts of errors are our own; whether there is one is not. */
function differences(theirs: Outcome, ours: Outcome, isMasked: boolean): readonly string[] {
  if (theirs.exitCode !== ours.exitCode) {
    const say = (who: string, { exitCode, stderr }: Outcome): string =>
      `${who}: exit ${exitCode} ${stderr.slice(0, 500)}`;
    return [say('upstream', theirs), say('boti', ours)];
  }
  const mask = isMasked ? masked : (text: string): string => text;
  const stdout = theirs.exitCode === 0 ? lineDifferences(mask(theirs.stdout), mask(ours.stdout)) : [];
  return [...stdout, ...theirs.files.flatMap((text, at) => lineDifferences(mask(text), mask(ours.files[at] ?? '')))];
}

const shown = 6;

function lineDifferences(theirs: string, ours: string): readonly string[] {
  if (theirs === ours) return [];
  const [a, b] = [theirs.split('\n'), ours.split('\n')];
  const first = a.findIndex((line, at) => line !== b[at]);
  const from = first === -1 ? a.length : first;
  const lines = (of: readonly string[]): readonly string[] =>
    of.slice(from, from + shown).map((line) => line.slice(0, 200));
  return [`line ${from + 1}:`, ...lines(a).map((line) => `- ${line}`), ...lines(b).map((line) => `+ ${line}`)];
}

/** What is generated, by its kind and size. */
function masked(text: string): string {
  return text
    .replaceAll(/-----BEGIN ([A-Z ]+)-----.*?-----END \1-----/gs, '<pem $1>')
    .replaceAll(/ssh-rsa \S+/g, 'ssh-rsa <key>')
    .replaceAll(/\b(?:[0-9a-f]{2}:){15}[0-9a-f]{2}\b/g, '<fingerprint>')
    .replaceAll(/(^|[ :'"])(?=\S*\d)[a-z0-9]{20,40}(?=$|['"\s@])/gm, '$1<password>');
}
