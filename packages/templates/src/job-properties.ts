import { ExpectedError } from '@boti/core';
import type { JobPropertyDefinition } from './template-renderer.ts';

type Properties = Record<string, unknown>;

/** A property's parent is not a map. */
export class InvalidPropertyType extends ExpectedError {
  constructor(property: string, value: unknown) {
    super(`Property '${property}' expects a hash, but received '${rubyClassOf(value)}'`, {
      hint: `Give a map where '${property}' needs one, or remove the value above it.`,
    });
  }
}

/**
 * What a job's templates may read: the declared properties only, each with its manifest value or its default.
 * A null in the manifest counts as absent; a property with neither value nor default is present as null.
 */
export function jobProperties(
  definitions: Readonly<Record<string, JobPropertyDefinition>>,
  manifestProperties: Readonly<Record<string, unknown>> = {},
): Properties {
  const properties: Properties = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const given = lookUp(manifestProperties, name);
    store(properties, name, sortKeys(given ?? definition.default ?? null));
  }
  return properties;
}

function lookUp(properties: Readonly<Properties>, name: string): unknown {
  let value: unknown = properties;
  for (const key of name.split('.')) {
    if (!isMap(value)) throw new InvalidPropertyType(name, value);
    value = Object.hasOwn(value, key) ? value[key] : undefined;
    if (value === undefined || value === null) return undefined;
  }
  return value;
}

function store(properties: Properties, name: string, value: unknown): void {
  const path = name.split('.');
  const last = path.pop() ?? name;
  let parent = properties;
  for (const key of path) {
    const child = (Object.hasOwn(parent, key) ? parent[key] : undefined) ?? {};
    if (!isMap(child)) throw new InvalidPropertyType(name, child);
    setOwn(parent, key, child);
    parent = child;
  }
  setOwn(parent, last, value);
}

/** Also for the key `__proto__`. */
function setOwn(target: Properties, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Equal maps must render alike, whatever order their keys were written in. Lists keep theirs. */
function sortKeys(value: unknown): unknown {
  if (!isMap(value)) return value;
  const sorted: Properties = {};
  for (const key of Object.keys(value).sort()) setOwn(sorted, key, sortKeys(value[key]));
  return sorted;
}

function isMap(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// BOSH: the message names Ruby's class (src/bosh-common/lib/bosh/common/template/property_helper.rb)
function rubyClassOf(value: unknown): string {
  if (Array.isArray(value)) return 'Array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  if (typeof value === 'boolean') return value ? 'TrueClass' : 'FalseClass';
  return 'String';
}
