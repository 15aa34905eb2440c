import { ExpectedError } from '@boti/core';
import {
  isInteger,
  isList,
  isMap,
  kindOf,
  setEntry,
  type YamlKey,
  type YamlMap,
  type YamlValue,
} from '../yaml/yaml-value.ts';

// BOSH: bosh-cli director/template/template.go. One space on either side is allowed; letters are those of any script.
const name = '!?[-/.\\p{L}\\p{Nd}_]+';
const placeholder = new RegExp(`\\(\\( ?(${name}) ?\\)\\)`, 'gu');
const wholePlaceholder = new RegExp(`^\\(\\( ?(${name}) ?\\)\\)$`, 'u');

/** Answers a variable's value by its full name (`a.b`), or undefined to leave the placeholder as it is. */
export type Lookup = (name: string, path: readonly (string | number)[]) => YamlValue | undefined;

/** The value with every `((name))` replaced, in map keys too. What is put in is not looked through again. */
export function replacePlaceholders(
  value: YamlValue,
  lookup: Lookup,
  path: readonly (string | number)[] = [],
): YamlValue {
  if (typeof value === 'string') return value.includes('((') ? replaceInText(value, lookup, path) : value;
  if (isList(value)) return value.map((item, at) => replacePlaceholders(item, lookup, [...path, at]));
  return isMap(value) ? replaceInMap(value, lookup, path) : value;
}

function replaceInMap(map: YamlMap, lookup: Lookup, path: readonly (string | number)[]): YamlMap {
  const result = new Map<YamlKey, YamlValue>();
  for (const [key, value] of map) {
    const here = [...path, String(key)];
    const newKey = typeof key === 'string' ? replacePlaceholders(key, lookup, here) : key;
    if (isMap(newKey) || isList(newKey) || newKey instanceof Uint8Array) {
      throw new ExpectedError(
        `The map key '${String(key)}' would become ${kindOf(newKey)}: a key must be text or a number`,
      );
    }
    setEntry(result, newKey, replacePlaceholders(value, lookup, here));
  }
  return result;
}

function replaceInText(text: string, lookup: Lookup, path: readonly (string | number)[]): YamlValue {
  const whole = wholePlaceholder.exec(text);
  if (whole !== null) {
    const value = lookup(bareName(whole[1]), path);
    return value === undefined ? text : value;
  }
  let result = text;
  for (const variable of placeholdersIn(text)) {
    const value = lookup(variable, path);
    if (value === undefined) continue;
    if (typeof value !== 'string' && !isInteger(value)) throw notText(variable, value);
    // BOSH: only the spelling without spaces is replaced within text.
    result = result
      .replaceAll(`((${variable}))`, () => String(value))
      .replaceAll(`((!${variable}))`, () => String(value));
  }
  return result;
}

function notText(variable: string, value: YamlValue): ExpectedError {
  return new ExpectedError(
    `Variable '${variable}' is ${kindOf(value)}: within text only text and integers can be put in`,
    {
      hint: `Let ((${variable})) be the whole value, or give the variable another value.`,
    },
  );
}

/** The variable names in a text, in order, each once. */
export function placeholdersIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => bareName(match[1])))];
}

function bareName(matched: string | undefined): string {
  return (matched ?? '').replace(/^!/, '');
}
