/**
 * A YAML value with the distinctions that plain JavaScript loses: floats are not integers, mapping keys keep their type
 * and their order. Integers are numbers, or bigints beyond 2^53. Values are never changed in place.
 */
export type YamlValue = YamlScalar | readonly YamlValue[] | YamlMap;
export type YamlScalar = null | boolean | number | bigint | string | YamlFloat | Uint8Array;
export type YamlKey = null | boolean | number | bigint | string | YamlFloat;
export type YamlMap = ReadonlyMap<YamlKey, YamlValue>;

/** A number written with a point or an exponent: `1.0` is not `1`. */
export class YamlFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A map that is written in the order of its entries instead of natural key order. */
export class OrderedMap extends Map<YamlKey, YamlValue> {}

export function isMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}

export function isList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}

export function isInteger(value: YamlValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Adds or replaces an entry of a map that is still being built. Equal floats are one key. */
export function setEntry(map: Map<YamlKey, YamlValue>, key: YamlKey, value: YamlValue): void {
  map.set(key instanceof YamlFloat ? sameFloat(map, key) : key, value);
}

function sameFloat(map: YamlMap, key: YamlFloat): YamlFloat {
  for (const other of map.keys()) {
    if (other instanceof YamlFloat && Object.is(other.value, key.value)) return other;
  }
  return key;
}

/** What kind of thing a value is, for messages: "a map", "a list", "text"… */
export function kindOf(value: YamlValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isMap(value)) return 'a map';
  if (isList(value)) return 'a list';
  if (value instanceof YamlFloat) return 'a float';
  if (value instanceof Uint8Array) return 'binary data';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'a boolean' : 'an integer';
}

export function equalValues(a: YamlValue, b: YamlValue): boolean {
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, at) => equalValues(item, b[at] ?? null));
  if (a instanceof YamlFloat) return b instanceof YamlFloat && a.value === b.value;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return a === b;
}

function equalMaps(a: YamlMap, b: YamlMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !equalValues(value, other)) return false;
  }
  return true;
}
