import { globalOptions } from '../arguments/global-options.ts';
import { longName, type OptionSpec, type OptionSpecs } from '../arguments/option-spec.ts';
import { type Environment, indexOfCommand, parseFlags } from '../arguments/parse-arguments.ts';
import type { Command } from '../command.ts';
import { commandAliases, commandNames, findCommand } from '../commands/index.ts';
import { dynamicValues } from './dynamic-values.ts';

/** What may stand where the cursor is: words, or `files` where a path is wanted. */
export type Candidates = readonly Candidate[] | 'files';

export interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

export interface Completing {
  /** What was typed after `boti`; the last word is the one under the cursor, maybe empty. */
  readonly words: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
}

export async function complete({ words, env, signal }: Completing): Promise<Candidates> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const typed = await typedSoFar(before);
  const specs = { ...typed.command?.options, ...globalOptions, ...typed.command?.options };
  const [assigned] = /^--[^=]+=/.exec(current) ?? [];
  const flag = assigned === undefined ? flagAwaitingValue(before, specs) : assigned.slice(2, -1);
  if (flag !== undefined) {
    const finished = assigned === undefined ? before.slice(0, -1) : before;
    const values = await valuesOf({ flag, specs, words: finished, env, signal });
    return withPrefix(values, assigned ?? '', current);
  }
  if (current.startsWith('-')) return withPrefix(flags(specs), '', current);
  if (typed.command === undefined) return withPrefix(commandWords(typed.firstWord), '', current);
  const argument = argumentAt(typed.command, before, specs);
  if (argument === undefined) return [];
  const request = { command: typed.command.name, argument, words: before, specs, env, signal };
  return withPrefix(await dynamicValues(request), '', current);
}

interface Typed {
  readonly command?: Command | undefined;
  /** `stemcell` of `stemcell build`. */
  readonly firstWord?: string;
}

async function typedSoFar(before: readonly string[]): Promise<Typed> {
  const index = indexOfCommand(before, globalOptions);
  if (index === -1) return {};
  const [first = '', second] = before.slice(index, index + 2);
  const command = (await findCommand(`${first} ${second}`)) ?? (await findCommand(first));
  return command === undefined ? { firstWord: first } : { command };
}

/** Commands and their aliases; after the first word of one of two words, the second. */
function commandWords(first: string | undefined): readonly Candidate[] {
  const names = commandNames();
  if (first === undefined) {
    const words = names.flatMap((name) => [name.split(' ')[0] ?? '', ...commandAliases(name)]);
    return [...new Set(words)].map((word) => ({ word }));
  }
  return names.filter((name) => name.startsWith(`${first} `)).map((name) => ({ word: name.slice(first.length + 1) }));
}

function flags(specs: OptionSpecs): readonly Candidate[] {
  return Object.entries(specs).map(([key, { summary, value }]) => ({
    word: `--${longName(key)}${value === 'required' ? '=' : ''}`,
    summary,
  }));
}

/** The flag whose value is typed next: `-d` or `--deployment` stands last. */
function flagAwaitingValue(before: readonly string[], specs: OptionSpecs): string | undefined {
  const last = before.at(-1) ?? '';
  const found = Object.entries(specs).find(
    ([key, { short, value }]) => value === 'required' && (last === `--${longName(key)}` || last === `-${short}`),
  );
  return found === undefined ? undefined : longName(found[0]);
}

interface ValueRequest extends Completing {
  readonly flag: string;
  readonly specs: OptionSpecs;
}

async function valuesOf({ flag, specs, words, env, signal }: ValueRequest): Promise<Candidates> {
  const spec: OptionSpec<unknown> | undefined = Object.entries(specs).find(([key]) => longName(key) === flag)?.[1];
  const argument = `--${flag}`;
  if (/^(\w+=)?(PATH|DIR|FILE|EXECUTABLE)$/.test(spec?.placeholder ?? '') || flag === 'ca-cert') return 'files';
  return await dynamicValues({ command: '', argument, words, specs, env, signal });
}

/** The name of the positional argument that comes next. */
function argumentAt(command: Command, before: readonly string[], specs: OptionSpecs): string | undefined {
  const withoutFlags = parseFlags(before, specs, {}, false).positionals.slice(command.name.split(' ').length);
  const args = Object.values(command.args);
  const last = args.at(-1);
  return args[withoutFlags.length]?.name ?? (last?.count === 'rest' ? last.name : undefined);
}

function withPrefix(candidates: Candidates, prefix: string, current: string): Candidates {
  if (candidates === 'files') return candidates;
  return candidates
    .map((one) => ({ ...one, word: `${prefix}${one.word}` }))
    .filter(({ word }) => word.startsWith(current))
    .sort((a, b) => (a.word < b.word ? -1 : 1));
}
