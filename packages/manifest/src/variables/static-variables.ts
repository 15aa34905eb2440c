import { ExpectedError, messageOf } from '@boti/core';
import { parseYaml } from '../yaml/load-yaml.ts';
import { keyText } from '../yaml/plain.ts';
import { isMap, kindOf, type YamlKey, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';

/** Values from flags, files and the environment by name; names may be dotted (`a.b`). */
export type Assignment = readonly [name: string, value: YamlValue];

/** `--var NAME=VALUE`: the value is YAML, but text is taken as it stands (outer quotes removed). */
export function parseVarFlag(flag: string): Assignment {
  const [name, text] = splitFlag('var', flag, 'value');
  let value: YamlValue;
  try {
    value = parseYaml(text, { file: `--var ${name}` }).value;
  } catch (error) {
    throw new ExpectedError(`Value of var '${name}' is not YAML: ${messageOf(error)}`, { cause: error });
  }
  return [name, typeof value === 'string' ? withoutQuotes(text) : value];
}

function withoutQuotes(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

/** `--var-file NAME=PATH`, taken apart. */
export function parseVarFileFlag(flag: string): { readonly name: string; readonly path: string } {
  const [name, path] = splitFlag('var', flag, 'path');
  return { name, path };
}

function splitFlag(what: string, flag: string, second: 'value' | 'path'): readonly [string, string] {
  const equals = flag.indexOf('=');
  if (equals === -1) throw new ExpectedError(`Expected ${what} '${flag}' to be in format 'name=${second}'`);
  const [name, rest] = [flag.slice(0, equals), flag.slice(equals + 1)];
  if (name === '') throw new ExpectedError(`Expected ${what} '${flag}' to specify non-empty name`);
  if (rest === '') throw new ExpectedError(`Expected ${what} '${flag}' to specify non-empty ${second}`);
  return [name, rest];
}

/** `--vars-file`: a YAML map; its keys are names as they are written (`yes`, `5`). */
export function parseVarsFile(text: string, file: string): readonly Assignment[] {
  const { value } = parseYaml(text, { file, topKeysAsText: true });
  if (value === null) return [];
  if (!isMap(value)) throw new ExpectedError(`Variables file '${file}' must be a map, but is ${kindOf(value)}`);
  return [...value].map(([key, item]) => [keyText(key), item]);
}

/** `--vars-env PREFIX`: every `PREFIX_name=YAML` of the environment. */
export function parseVarsEnv(
  prefix: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Assignment[] {
  if (prefix === '') throw new ExpectedError('Expected environment variable prefix to be non-empty');
  return Object.entries(environment)
    .filter(([key, text]) => key.startsWith(`${prefix}_`) && text !== undefined)
    .map(([key, text = '']) => [
      key.slice(prefix.length + 1),
      parseYaml(text, { file: `environment variable ${key}` }).value,
    ]);
}

/** One map by root name; the last assignment of a name wins, dotted names are put into the map of their root. */
export function collectVariables(assignments: readonly Assignment[]): ReadonlyMap<string, YamlValue> {
  const byName = new Map(assignments);
  const variables = new Map<string, YamlValue>();
  for (const [name, value] of byName) if (!name.includes('.')) variables.set(name, value);
  for (const [name, value] of byName) {
    if (!name.includes('.')) continue;
    const [root = '', ...rest] = name.split('.');
    variables.set(root, withNested(variables.get(root), { name, path: rest }, value));
  }
  return variables;
}

function withNested(
  into: YamlValue | undefined,
  { name, path }: { readonly name: string; readonly path: readonly string[] },
  value: YamlValue,
): YamlValue {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (into !== undefined && !isMap(into)) {
    throw new ExpectedError(
      `Variable '${name}' cannot be set: '${name.split('.')[0]}' is also given, and is ${kindOf(into)}`,
    );
  }
  const map: YamlMap = into ?? new Map<YamlKey, YamlValue>();
  return new Map(map).set(first, withNested(map.get(first), { name, path: rest }, value));
}
