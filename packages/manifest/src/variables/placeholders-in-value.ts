import { isList, isMap, type YamlValue } from '../yaml/yaml-value.ts';
import { placeholdersIn } from './placeholders.ts';

/** Every variable name used in a value, map keys included, each once. */
export function placeholdersInValue(value: YamlValue): readonly string[] {
  const names = new Set<string>();
  collect(value, names);
  return [...names];
}

function collect(value: YamlValue, names: Set<string>): void {
  if (typeof value === 'string') for (const name of placeholdersIn(value)) names.add(name);
  if (isList(value)) for (const item of value) collect(item, names);
  if (!isMap(value)) return;
  for (const [key, item] of value) {
    if (typeof key === 'string') collect(key, names);
    collect(item, names);
  }
}
