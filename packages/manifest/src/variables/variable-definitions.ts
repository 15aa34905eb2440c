import { ExpectedError } from '@boti/core';
import { isInteger, isList, isMap, kindOf, type YamlValue } from '../yaml/yaml-value.ts';

/** An entry of `variables:` in a manifest or runtime config. */
export interface VariableDefinition {
  readonly name: string;
  /** Absent: nothing is generated. */
  readonly type: string;
  readonly options: YamlValue;
}

/** The `variables:` of a document, in order. */
export function variableDefinitions(document: YamlValue): readonly VariableDefinition[] {
  const list = isMap(document) ? (document.get('variables') ?? null) : null;
  if (list === null) return [];
  if (!isList(list))
    throw new ExpectedError(`'variables' must be a list of {name, type, options}, but is ${kindOf(list)}`);
  return list.map((item, at) => {
    if (!isMap(item)) throw new ExpectedError(`'variables' entry [${at}] must be a map, but is ${kindOf(item)}`);
    const field = (key: string): string => text(item.get(key), `'${key}' of 'variables' entry [${at}]`);
    return { name: field('name'), type: field('type'), options: item.get('options') ?? null };
  });
}

function text(value: YamlValue | undefined, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'boolean' || isInteger(value)) return String(value);
  throw new ExpectedError(`${what} must be text, but is ${kindOf(value)}`);
}
