import type { OpsFile } from '../ops/ops-file.ts';
import type { YamlDocument } from '../yaml/load-yaml.ts';
import { keyText } from '../yaml/plain.ts';
import { isList, isMap, type YamlValue } from '../yaml/yaml-value.ts';
import { placeholdersIn } from './placeholders.ts';
import { splitName } from './variable-lookup.ts';

type Path = readonly (string | number)[];

/** A text in which a variable is used: what stands at a path, or the key that ends it. */
interface Use {
  readonly path: Path;
  readonly isKey: boolean;
}

export interface Sources {
  readonly document: YamlDocument;
  readonly ops: readonly OpsFile[];
}

/**
 * Where a variable is used, for people: file and line as far as they are known, and the path in the finished document.
 * Operations move things, so what the manifest does not have at a path comes from an ops file.
 */
export function variablePlaces(name: string, paths: readonly Path[], { document, ops }: Sources): readonly string[] {
  const inDocument = usesOf(name, document.value);
  const places = paths.map((path) => {
    const use = inDocument.find((candidate) => samePath(candidate.path, path));
    const position = use === undefined ? undefined : document.positionOf(path, { key: use.isKey });
    return position === undefined ? undefined : `${document.file} line ${position.line} (${pathText(path)})`;
  });
  const known = places.filter((place) => place !== undefined);
  if (known.length === places.length) return known;
  const inOps = ops.flatMap((file) => placesInOps(name, file));
  const elsewhere = inOps.length > 0 ? inOps : paths.filter((_, at) => places[at] === undefined).map(pathText);
  return [...known, ...elsewhere];
}

function placesInOps(name: string, { file, operations }: OpsFile): readonly string[] {
  return operations.flatMap(({ operation, positionOf }) => {
    if (operation.type !== 'replace') return [];
    return usesOf(name, operation.value).map(({ path, isKey }) => {
      const position = positionOf(['value', ...path], { key: isKey });
      return `${file}${position === undefined ? '' : ` line ${position.line}`}`;
    });
  });
}

function usesOf(name: string, value: YamlValue, path: Path = []): readonly Use[] {
  const isUsed = (text: string): boolean => placeholdersIn(text).some((found) => splitName(found).root === name);
  if (typeof value === 'string') return value.includes('((') && isUsed(value) ? [{ path, isKey: false }] : [];
  if (isList(value)) return value.flatMap((item, at) => usesOf(name, item, [...path, at]));
  if (!isMap(value)) return [];
  return [...value].flatMap(([key, item]) => {
    const here = [...path, keyText(key)];
    const ofKey = typeof key === 'string' && isUsed(key) ? [{ path: here, isKey: true }] : [];
    return [...ofKey, ...usesOf(name, item, here)];
  });
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, at) => step === b[at]);
}

function pathText(path: Path): string {
  return `/${path.join('/')}`;
}
