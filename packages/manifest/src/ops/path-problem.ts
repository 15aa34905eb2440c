import { closest, ExpectedError } from '@boti/core';
import { keyText } from '../yaml/plain.ts';
import { isMap, kindOf, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';
import { formatPath, type Modifier, type PathToken } from './path.ts';

export type PathProblemKind = 'missing-key' | 'missing-index' | 'no-match' | 'wrong-type' | 'unsupported' | 'mismatch';

/** Why a path leads nowhere. `at` is the part of the path that was followed, the failing token included. */
export class PathProblem extends ExpectedError {
  readonly kind: PathProblemKind;
  readonly at: readonly PathToken[];

  constructor(kind: PathProblemKind, at: readonly PathToken[], problem: string) {
    super(problem);
    this.kind = kind;
    this.at = at;
  }
}

export function missingKey(at: readonly PathToken[], key: string, map: YamlMap): PathProblem {
  const texts = [...map.keys()].filter((name) => typeof name === 'string').sort();
  const found = texts.length === 0 ? 'no text keys there' : `found ${texts.map((name) => `'${name}'`).join(', ')}`;
  const problem = `no map key '${key}' for path '${formatPath(at)}' (${nearest(at)}${found})`;
  return new PathProblem('missing-key', at, `${problem}${keySuggestion(at, key, map)}`);
}

/** The part of the path that leads somewhere. */
function nearest(at: readonly PathToken[]): string {
  return at.length === 1 ? '' : `'${formatPath(at.slice(0, -1))}' exists; `;
}

function didYouMean(at: readonly PathToken[], token: PathToken): string {
  return `; did you mean '${formatPath([...at.slice(0, -1), token])}'?`;
}

function keySuggestion(at: readonly PathToken[], key: string, map: YamlMap): string {
  const alike = [...map.keys()].find((name) => typeof name !== 'string' && keyText(name) === key);
  if (alike !== undefined) return `; '${key}' there is ${kindOf(alike)}, and only text keys can be found: quote it`;
  const texts = [...map.keys()].filter((name) => typeof name === 'string');
  const guess = key.length < 2 ? undefined : closest(key, texts);
  return guess === undefined ? '' : didYouMean(at, { kind: 'key', key: guess, isOptional: false });
}

export function wrongType(
  at: readonly PathToken[],
  wanted: 'a map' | 'a list',
  value: YamlValue | undefined,
): PathProblem {
  return new PathProblem('wrong-type', at, `path '${formatPath(at)}' needs ${wanted}, but there is ${kindOf(value)}`);
}

/** The place in a list that an index and `:prev`, `:next` mean. */
// BOSH: go-patch array_index.go. `:prev` of the first item is the last one; `:next` of the last does not exist.
export function listIndex(
  list: readonly YamlValue[],
  { index, modifiers }: { readonly index: number; readonly modifiers: readonly Modifier[] },
  at: readonly PathToken[],
): number {
  let result = index;
  for (const modifier of modifiers) {
    if (modifier !== 'prev' && modifier !== 'next') {
      throw new PathProblem(
        'unsupported',
        at,
        `':${modifier}' may only stand at the end of a replace path, not in '${formatPath(at)}'`,
      );
    }
    result += modifier === 'prev' ? -1 : 1;
  }
  if (result >= list.length || -result > list.length) {
    throw new PathProblem(
      'missing-index',
      at,
      `no index '${result}' in the list of length '${list.length}' for path '${formatPath(at)}'`,
    );
  }
  return result < 0 ? list.length + result : result;
}

/** Where in the list the items are that have `key` with the text `value`. Numbers never match. */
export function matchingIndexes(list: readonly YamlValue[], key: string, value: string): readonly number[] {
  return list.flatMap((item, at) => (isMap(item) && item.get(key) === value ? [at] : []));
}

export function theOnlyMatch(
  list: readonly YamlValue[],
  token: Extract<PathToken, { kind: 'match' }>,
  at: readonly PathToken[],
): number {
  const indexes = matchingIndexes(list, token.key, token.value);
  if (indexes.length === 1) return indexes[0] ?? 0;
  const values = list.flatMap((item) =>
    isMap(item) && typeof item.get(token.key) === 'string' ? [item.get(token.key)] : [],
  );
  const guess = closest(token.value, values as string[]);
  const suggestion = guess === undefined || indexes.length > 1 ? '' : didYouMean(at, { ...token, value: guess });
  const found =
    values.length === 0 ? 'nothing there has that key' : `found ${values.map((name) => `'${name}'`).join(', ')}`;
  const listed = ` (${nearest(at)}${found})`;
  throw new PathProblem(
    'no-match',
    at,
    `exactly one item must match '${formatPath(at)}', but ${indexes.length} do${indexes.length > 1 ? '' : listed}${suggestion}`,
  );
}
