import { isList, isMap, OrderedMap, YamlFloat, type YamlKey, type YamlMap, type YamlValue } from './yaml-value.ts';

/** The value as plain JavaScript: objects with text keys, numbers. Integers beyond 2^53 become bigints. */
export function toPlain(value: YamlValue): unknown {
  if (isMap(value)) return mapToPlain(value);
  if (isList(value)) return value.map(toPlain);
  return value instanceof YamlFloat ? value.value : value;
}

function mapToPlain(map: YamlMap): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of map) {
    const name = keyText(key);
    if (name === '__proto__') Object.defineProperty(object, name, { value: toPlain(value), ...openProperty });
    else object[name] = toPlain(value);
  }
  return object;
}

const openProperty = { enumerable: true, configurable: true, writable: true } as const;

export function keyText(key: YamlKey): string {
  return key instanceof YamlFloat ? String(key.value) : String(key);
}

/** Plain JavaScript as a YAML value; entries that are `undefined` are left out. */
export function fromPlain(value: unknown): YamlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? value : new YamlFloat(value);
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'object') return objectToYaml(value);
  throw new TypeError(`A ${typeof value} cannot be written as YAML`);
}

function objectToYaml(value: object): YamlValue {
  if (value instanceof YamlFloat || value instanceof Uint8Array || value instanceof OrderedMap) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  if (!(value instanceof Map)) return objectToMap(value);
  return new Map([...value].map(([key, item]) => [fromPlain(key) as YamlKey, fromPlain(item)]));
}

function objectToMap(object: object): YamlMap {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([key, value]) => [key, fromPlain(value)]));
}
