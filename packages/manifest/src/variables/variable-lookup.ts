import { ExpectedError, messageOf } from '@boti/core';
import type { PathToken } from '../ops/path.ts';
import { listIndex, missingKey, wrongType } from '../ops/path-problem.ts';
import { isList, isMap, type YamlValue } from '../yaml/yaml-value.ts';

/** `a.b.c` as its root `a` and the steps below it. */
export function splitName(name: string): { readonly root: string; readonly steps: readonly string[] } {
  const [root = '', ...steps] = name.split('.');
  return { root, steps };
}

/** The part of a variable's value that `((root.a.0))` means. Throws if there is no such part. */
export function partOf(name: string, value: YamlValue, steps: readonly string[]): YamlValue {
  try {
    let part = value;
    for (const at of steps.keys()) part = stepInto(part, steps.slice(0, at + 1));
    return part;
  } catch (error) {
    throw new ExpectedError(`Variable '${name}' cannot be found: ${messageOf(error)}`, { cause: error });
  }
}

function stepInto(value: YamlValue, followed: readonly string[]): YamlValue {
  const step = followed.at(-1) ?? '';
  const at = followed.map((key): PathToken => ({ kind: 'key', key, isOptional: false }));
  const isNumber = /^[-+]?[0-9]+$/.test(step);
  if (isNumber && isList(value)) return value[listIndex(value, { index: Number(step), modifiers: [] }, at)] ?? null;
  if (!isMap(value)) throw wrongType(at, 'a map', value);
  const key = isNumber && !value.has(step) ? Number(step) : step;
  const found = value.get(key);
  if (found === undefined) throw missingKey(at, step, value);
  return found;
}
