import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { closest } from '@boti/core';
import { UsageError } from '../usage-error.ts';
import type { ArgumentSpec, ArgumentSpecs, ArgumentValues } from './argument-spec.ts';
import { flagNames, longName, type OptionSpec, type OptionSpecs, type OptionValues } from './option-spec.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface ParsedFlags<O extends OptionSpecs> {
  readonly options: OptionValues<O>;
  readonly positionals: readonly string[];
}

/** Where the command's name stands, or -1. Flags before it can only be global ones. */
export function indexOfCommand(args: readonly string[], globals: OptionSpecs): number {
  return tokenise(args, globals).find((token) => token.kind === 'positional')?.index ?? -1;
}

/**
 * Reads flags and positional arguments as upstream's parser does: `--flag value` and `--flag=value`, short flags in
 * groups, `--` ends the flags, values from the environment where a flag is not given. Where two flags have the same
 * short name the one that comes first in `specs` wins.
 */
export function parseFlags<O extends OptionSpecs>(
  args: readonly string[],
  specs: O,
  env: Environment,
  checksRequired = true,
): ParsedFlags<O> {
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokenise(args, specs)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const key = keyOf(token.name, specs);
    if (key === undefined) throw unknownFlag(token.name, token.rawName, specs);
    given.set(key, [...(given.get(key) ?? []), givenText(token, key, specs[key] as OptionSpec<unknown>)]);
  }
  if (checksRequired) requireFlags(specs, given);
  const entries = Object.entries(specs).map(([key, spec]) => {
    const texts = given.get(key) ?? fromEnvironment(spec, env);
    return [key, spec.parse(texts, flagNames(key, spec))];
  });
  return { options: Object.fromEntries(entries) as OptionValues<O>, positionals };
}

/** Gives the positional arguments their names. `--help` does without them. */
export function parsePositionals<A extends ArgumentSpecs>(
  command: string,
  positionals: readonly string[],
  specs: A,
): ArgumentValues<A> {
  const rest = [...positionals];
  const missing: string[] = [];
  const entries = Object.entries(specs).map(([key, spec]: [string, ArgumentSpec<never>]) => {
    const value = spec.count === 'rest' ? rest.splice(0) : rest.shift();
    if (spec.isRequired && (value === undefined || value.length === 0)) missing.push(`\`${spec.name}\``);
    return [key, value];
  });
  if (missing.length === 1) throw new UsageError(`the required argument ${missing[0]} was not provided`);
  if (missing.length > 1) throw new UsageError(`the required arguments ${joinNames(missing)} were not provided`);
  if (rest.length > 0)
    throw new UsageError(`Command '${command}' does not support extra arguments: ${rest.join(', ')}`);
  return Object.fromEntries(entries) as ArgumentValues<A>;
}

type Token = ReturnType<typeof tokenise>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

function tokenise(args: readonly string[], specs: OptionSpecs) {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserConfig(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

function parserConfig(specs: OptionSpecs): ParseArgsOptionsConfig {
  const shorts = new Set<string>();
  const config: ParseArgsOptionsConfig = {};
  for (const [key, { short, value }] of Object.entries(specs)) {
    const type = value === 'required' ? 'string' : 'boolean';
    const isFree = short !== undefined && !shorts.has(short);
    if (isFree) shorts.add(short);
    config[longName(key)] = { type, multiple: true, ...(isFree ? { short } : {}) };
  }
  return config;
}

const keyOf = (name: string, specs: OptionSpecs): string | undefined =>
  Object.keys(specs).find((key) => longName(key) === name);

function givenText(token: OptionToken, key: string, spec: OptionSpec<unknown>): string {
  if (spec.value === 'none') return token.value ?? '';
  if (spec.value === 'optional') return token.value ?? spec.implied ?? '';
  if (token.value === undefined) throw new UsageError(`expected argument for flag \`${flagNames(key, spec)}'`);
  if (token.inlineValue) return token.rawName.startsWith('--') ? token.value : token.value.replace(/^=/, '');
  // Three dashes begin a value: a certificate.
  if (/^-[^-\d\s]|^--[^-]/.test(token.value)) {
    throw new UsageError(`expected argument for flag \`${flagNames(key, spec)}', but got option \`${token.value}'`);
  }
  return token.value;
}

function fromEnvironment(spec: OptionSpec<unknown>, env: Environment): readonly string[] {
  const value = spec.env === undefined ? undefined : env[spec.env];
  return value === undefined || value === '' ? [] : [value];
}

function requireFlags(specs: OptionSpecs, given: ReadonlyMap<string, unknown>): void {
  const missing = Object.entries(specs)
    .filter(([key, spec]) => spec.isRequired && !given.has(key))
    .map(([key, spec]) => `\`${flagNames(key, spec)}'`)
    .sort();
  if (missing.length === 1) throw new UsageError(`the required flag ${missing[0]} was not specified`);
  if (missing.length > 1) throw new UsageError(`the required flags ${joinNames(missing)} were not specified`);
}

function unknownFlag(name: string, rawName: string, specs: OptionSpecs): UsageError {
  const guess = rawName.startsWith('--') ? closest(name, Object.keys(specs).map(longName)) : undefined;
  const hint = guess === undefined ? {} : { hint: `Did you mean \`--${guess}'?` };
  return new UsageError(`unknown flag \`${name}'`, hint);
}

function joinNames(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
