import { readFile } from 'node:fs/promises';
import { messageOf } from '@boti/core';
import { parse } from 'yaml';
import { UsageError } from '../usage-error.ts';
import { methodParameters, omit, type Parameter } from './method-parameters.ts';

/**
 * Arguments of a CPI method as they are typed: in order, or by name (`size=1024`, `cloud_properties.cpu=2`). Objects and
 * lists are YAML or JSON, `@FILE` takes a file, `@-` standard input. Of a method that is not known each argument is JSON,
 * or else a text.
 */
export async function callArguments(method: string, given: readonly string[]): Promise<readonly unknown[]> {
  const parameters = methodParameters[method];
  if (parameters === undefined) return await Promise.all(given.map(looseValue));
  const values = new Map<string, unknown>();
  const inOrder = given.filter((argument) => named(argument, parameters) === undefined);
  if (inOrder.length > parameters.length) throw tooMany(method, parameters);
  for (const [index, argument] of inOrder.entries()) {
    const parameter = parameters[index] as Parameter;
    values.set(parameter.name, await typedValue(method, parameter, argument));
  }
  for (const argument of given) {
    const found = named(argument, parameters);
    if (found !== undefined) await setNamed(method, values, found);
  }
  return parameters.map((parameter) => settled(method, parameter, values)).filter((value) => value !== omit);
}

interface Named {
  readonly parameter: Parameter;
  readonly path: readonly string[];
  readonly text: string;
}

function named(argument: string, parameters: readonly Parameter[]): Named | undefined {
  const [, name, path = '', text = ''] = /^([a-z_]+)((?:\.[^.=\s]+)*)=(.*)$/s.exec(argument) ?? [];
  const parameter = parameters.find((one) => one.name === name);
  if (parameter === undefined || (path !== '' && parameter.kind !== 'object')) return undefined;
  return { parameter, path: path.split('.').slice(1), text };
}

async function setNamed(method: string, values: Map<string, unknown>, { parameter, path, text }: Named): Promise<void> {
  if (path.length === 0) {
    values.set(parameter.name, await typedValue(method, parameter, text));
    return;
  }
  const root = structuredClone(values.get(parameter.name) ?? {}) as Record<string, unknown>;
  setIn(root, path, await yamlOrFile(parameter.name, text));
  values.set(parameter.name, root);
}

/** Sets `cloud_properties.disks.size`; what is no object on the way becomes one. */
export function setIn(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let current = root;
  for (const key of path.slice(0, -1)) {
    if (!isObject(current[key])) current[key] = {};
    current = current[key] as Record<string, unknown>;
  }
  current[path.at(-1) ?? ''] = value;
}

async function typedValue(method: string, { name, kind }: Parameter, argument: string): Promise<unknown> {
  if (kind === 'text') return argument.startsWith('@') ? (await contentOf(argument)).trim() : argument;
  const value = await yamlOrFile(name, argument);
  const fits = { number: typeof value === 'number', object: isObject(value), list: Array.isArray(value) }[kind];
  if (fits) return value;
  throw new UsageError(`Argument '${name}' of ${method} must be ${article[kind]}, and is '${argument}'`, {
    hint: hints[kind](name),
  });
}

const hints = {
  number: () => 'Sizes are in MiB.',
  object: (name: string) => `Write ${name}.KEY=VALUE, ${name}='{KEY: VALUE}' or ${name}=@FILE.`,
  list: (name: string) => `Write ${name}='[ONE, TWO]' or ${name}=@FILE.`,
} as const;

const article = { number: 'a number', object: 'an object', list: 'a list' } as const;

function settled(method: string, { name, fallback }: Parameter, values: ReadonlyMap<string, unknown>): unknown {
  if (values.has(name)) return values.get(name);
  if (fallback !== undefined) return fallback;
  const names = (methodParameters[method] ?? []).map((one) =>
    one.fallback === undefined ? one.name : `[${one.name}]`,
  );
  throw new UsageError(`Argument '${name}' of ${method} is missing`, { hint: `It takes ${names.join(' ')}.` });
}

function tooMany(method: string, parameters: readonly Parameter[]): UsageError {
  const names = parameters.map(({ name }) => name).join(' ');
  const hint = names === '' ? 'It takes none.' : `It takes ${names}; set keys of an object by NAME.KEY=VALUE.`;
  return new UsageError(`Too many arguments for ${method}`, { hint });
}

async function looseValue(argument: string): Promise<unknown> {
  const text = argument.startsWith('@') ? await contentOf(argument) : argument;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export async function yamlOrFile(name: string, argument: string): Promise<unknown> {
  const text = argument.startsWith('@') ? await contentOf(argument) : argument;
  try {
    return parse(text);
  } catch (cause) {
    throw new UsageError(`'${name}' is no YAML or JSON: ${messageOf(cause)}`, { cause });
  }
}

async function contentOf(argument: string): Promise<string> {
  const path = argument.slice(1);
  try {
    return await readFile(path === '-' ? '/dev/stdin' : path, 'utf8');
  } catch (cause) {
    throw new UsageError(`The file of '${argument}' cannot be read: ${messageOf(cause)}`, { cause });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
