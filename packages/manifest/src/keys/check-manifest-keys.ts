import { closest } from '@boti/core';
import type { YamlDocument } from '../yaml/load-yaml.ts';
import { keyText } from '../yaml/plain.ts';
import { isList, isMap, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';
import {
  cloudConfigShape,
  cpiConfigShape,
  deploymentShape,
  runtimeConfigShape,
  type Shape,
} from './manifest-shapes.ts';

/** A key that no Director reads: most likely misspelt. */
export interface UnknownKey {
  /** `/instance_groups/0/instanses` */
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** With file, line, column and suggestion. */
  readonly message: string;
  readonly suggestion: string | undefined;
}

const shapes = {
  deployment: deploymentShape,
  cloud: cloudConfigShape,
  runtime: runtimeConfigShape,
  cpi: cpiConfigShape,
} as const;
export type ManifestKind = keyof typeof shapes;

/** The keys of a manifest, cloud config or runtime config that are unknown. Properties and cloud properties are free. */
export function checkManifestKeys(document: YamlDocument, kind: ManifestKind = 'deployment'): readonly UnknownKey[] {
  return check(document, { value: document.value, shape: shapes[kind], path: [] });
}

/** Which kind of manifest this is, by the keys that only one has; undefined for any other YAML. */
export function manifestKindOf(value: YamlValue): ManifestKind | undefined {
  if (!isMap(value) || value.has('cloud_provider')) return undefined;
  if (value.has('instance_groups')) return 'deployment';
  if (value.has('vm_types') || (value.has('azs') && value.has('networks'))) return 'cloud';
  if (value.has('cpis')) return 'cpi';
  return value.has('addons') ? 'runtime' : undefined;
}

interface Place {
  readonly value: YamlValue;
  readonly shape: Shape;
  readonly path: readonly (string | number)[];
}

function check(document: YamlDocument, { value, shape, path }: Place): readonly UnknownKey[] {
  if (shape === 'anything') return [];
  if ('items' in shape) {
    const items = isList(value) ? value : [];
    return items.flatMap((item, at) => check(document, { value: item, shape: shape.items, path: [...path, at] }));
  }
  return isMap(value) ? checkMap(document, { value, keys: shape.keys, path }) : [];
}

interface MapPlace {
  readonly value: YamlMap;
  readonly keys: Readonly<Record<string, Shape>>;
  readonly path: readonly (string | number)[];
}

function checkMap(document: YamlDocument, { value, keys, path }: MapPlace): readonly UnknownKey[] {
  return [...value].flatMap(([key, item]) => {
    const name = keyText(key);
    const here = [...path, name];
    const shape = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (shape !== undefined) return check(document, { value: item, shape, path: here });
    return name.includes('((') ? [] : [unknownKey(document, here, Object.keys(keys))];
  });
}

function unknownKey(document: YamlDocument, path: readonly (string | number)[], known: readonly string[]): UnknownKey {
  const name = String(path.at(-1));
  const suggestion = closest(name, known);
  const position = document.positionOf(path, { key: true });
  const place = position === undefined ? '' : `, line ${position.line}, column ${position.column}`;
  const guess = suggestion === undefined ? '' : `, did you mean '${suggestion}'?`;
  return {
    path: `/${path.join('/')}`,
    line: position?.line,
    column: position?.column,
    message: `${document.file}${place}: unknown key '${name}'${guess}`,
    suggestion,
  };
}
