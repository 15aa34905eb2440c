import { UsageError } from '../usage-error.ts';

/** What follows a flag: nothing, a value, or a value that may be left out (`--recent[=30]`). */
export type ValueUse = 'none' | 'required' | 'optional';

/** A flag of a command. Its long name is its key in kebab-case. `T` is what the command gets. */
export interface OptionSpec<T> {
  readonly summary: string;
  readonly value: ValueUse;
  /** Shown in help after the flag's name. */
  readonly placeholder?: string;
  readonly short?: string;
  readonly env?: string;
  /** Shown in help. */
  readonly defaultText?: string;
  /** The value of `--flag` alone where the value may be left out. */
  readonly implied?: string;
  readonly isRequired?: boolean;
  /** Turns the given texts, in order, into the value. Throws UsageError. */
  parse(texts: readonly string[], flag: string): T;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never;
};

interface Common {
  readonly short?: string;
  readonly env?: string;
}

interface WithPlaceholder extends Common {
  readonly placeholder?: string;
}

/** A flag without value. In an environment variable or as `--flag=value` Go's spellings of booleans count. */
export function flag(summary: string, options: Common = {}): OptionSpec<boolean> {
  return {
    ...options,
    summary,
    value: 'none',
    parse: (texts, name) => texts.length > 0 && parseBoolean(texts.at(-1) ?? '', name),
  };
}

/** A flag with a value; the last one given counts. */
export function text(summary: string, options: WithPlaceholder = {}): OptionSpec<string | undefined> {
  return { ...options, summary, value: 'required', parse: (texts) => texts.at(-1) };
}

export function requiredText(summary: string, options: WithPlaceholder = {}): OptionSpec<string> {
  return { ...options, summary, value: 'required', isRequired: true, parse: (texts) => texts.at(-1) ?? '' };
}

export function textOr(fallback: string, summary: string, options: WithPlaceholder = {}): OptionSpec<string> {
  return { ...options, summary, value: 'required', defaultText: fallback, parse: (texts) => texts.at(-1) ?? fallback };
}

/** A flag that may be given several times. */
export function list(summary: string, options: WithPlaceholder = {}): OptionSpec<readonly string[]> {
  return { ...options, summary, value: 'required', parse: (texts) => texts };
}

/** A flag whose value may be left out: undefined when the flag is absent, `implied` when it stands alone. */
export function optionalText(implied: string, summary: string, options: Common = {}): OptionSpec<string | undefined> {
  return { ...options, summary, value: 'optional', implied, parse: (texts) => texts.at(-1) };
}

export function optionalList(implied: string, summary: string, options: Common = {}): OptionSpec<readonly string[]> {
  return { ...options, summary, value: 'optional', implied, parse: (texts) => texts };
}

export function optionalInteger(
  implied: number,
  summary: string,
  options: Common = {},
): OptionSpec<number | undefined> {
  return {
    ...options,
    summary,
    value: 'optional',
    implied: String(implied),
    parse: (texts, name) => (texts.length === 0 ? undefined : parseInteger(texts.at(-1) ?? '', name)),
  };
}

export function integer(summary: string, options: WithPlaceholder = {}): OptionSpec<number | undefined> {
  return {
    ...options,
    summary,
    value: 'required',
    parse: (texts, name) => (texts.length === 0 ? undefined : parseInteger(texts.at(-1) ?? '', name)),
  };
}

export function integerOr(fallback: number, summary: string, options: WithPlaceholder = {}): OptionSpec<number> {
  return {
    ...integer(summary, options),
    defaultText: String(fallback),
    parse: (texts, name) => (texts.length === 0 ? fallback : parseInteger(texts.at(-1) ?? '', name)),
  };
}

/** `recreateVmsCreatedBefore` is `--recreate-vms-created-before`. */
export function longName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Both names of a flag, as errors and help show them. */
export function flagNames(key: string, { short }: Pick<OptionSpec<unknown>, 'short'>): string {
  return short === undefined ? `--${longName(key)}` : `-${short}, --${longName(key)}`;
}

function parseInteger(given: string, name: string): number {
  if (/^[+-]?\d+$/.test(given)) return Number(given);
  throw new UsageError(`invalid argument for flag \`${name}' (expected int): '${given}' is not a whole number`);
}

const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True', '']);
const falsehoods = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function parseBoolean(given: string, name: string): boolean {
  if (truths.has(given)) return true;
  if (falsehoods.has(given)) return false;
  throw new UsageError(`invalid argument for flag \`${name}' (expected bool): '${given}' is neither true nor false`);
}
