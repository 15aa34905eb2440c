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
export function replacePlaceholders(value: YamlValue, lookup: Lookup): YamlValue {
  return replaceIn(value, { lookup, path: undefined });
}

/** The way to a value, from its last step to its first. */
interface Path {
  readonly step: string | number;
  readonly before: Path | undefined;
}

interface Replacing {
  readonly lookup: Lookup;
  readonly path: Path | undefined;
}

/** What holds no placeholders is not copied. */
function replaceIn(value: YamlValue, replacing: Replacing): YamlValue {
  if (typeof value === 'string') return value.includes('((') ? replaceInText(value, replacing) : value;
  if (isList(value)) return replaceInList(value, replacing);
  return isMap(value) ? replaceInMap(value, replacing) : value;
}

function replaceInList(list: readonly YamlValue[], { lookup, path }: Replacing): readonly YamlValue[] {
  let result: YamlValue[] | undefined;
  for (const [step, item] of list.entries()) {
    const replaced = replaceIn(item, { lookup, path: { step, before: path } });
    if (replaced === item) continue;
    result ??= [...list];
    result[step] = replaced;
  }
  return result ?? list;
}

function replaceInMap(map: YamlMap, { lookup, path }: Replacing): YamlMap {
  let isChanged = false;
  const result = new Map<YamlKey, YamlValue>();
  for (const [key, value] of map) {
    const here = { lookup, path: { step: String(key), before: path } };
    const replaced = replaceIn(value, here);
    const newKey = typeof key === 'string' && key.includes('((') ? replaceInKey(key, here) : key;
    isChanged ||= replaced !== value || newKey !== key;
    setEntry(result, newKey, replaced);
  }
  return isChanged ? result : map;
}

function replaceInKey(key: string, replacing: Replacing): YamlKey {
  const newKey = replaceInText(key, replacing);
  if (!isMap(newKey) && !isList(newKey) && !(newKey instanceof Uint8Array)) return newKey;
  throw new ExpectedError(`The map key '${key}' would become ${kindOf(newKey)}: a key must be text or a number`);
}

function stepsOf(path: Path | undefined): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.before) steps.push(at.step);
  return steps.reverse();
}

function replaceInText(text: string, { lookup, path }: Replacing): YamlValue {
  const whole = wholePlaceholder.exec(text);
  if (whole !== null) {
    const value = lookup(bareName(whole[1]), stepsOf(path));
    return value === undefined ? text : value;
  }
  let result = text;
  for (const variable of placeholdersIn(text)) {
    const value = lookup(variable, stepsOf(path));
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
