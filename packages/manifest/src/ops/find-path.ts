import { isList, isMap, type YamlValue } from '../yaml/yaml-value.ts';
import { formatPath, type PathToken } from './path.ts';
import { listIndex, matchingIndexes, missingKey, PathProblem, theOnlyMatch, wrongType } from './path-problem.ts';

/** The value at a path; null for an optional path that does not exist. Throws PathProblem. */
// BOSH: go-patch find_op.go
export function findPath(document: YamlValue, tokens: readonly PathToken[]): YamlValue {
  let value = document;
  for (const [position, token] of tokens.entries()) {
    const at = tokens.slice(0, position + 1);
    value = stepInto(value, token, { at, next: tokens[position + 1] });
  }
  return value;
}

interface Step {
  readonly at: readonly PathToken[];
  readonly next: PathToken | undefined;
}

function stepInto(value: YamlValue, token: PathToken, step: Step): YamlValue {
  const { at } = step;
  if (token.kind === 'key') return stepIntoMap(value, token, step);
  if (token.kind === 'append') {
    throw new PathProblem(
      'unsupported',
      at,
      `'-' in path '${formatPath(at)}' means a new item: it cannot be looked up`,
    );
  }
  if (!isList(value)) throw wrongType(at, 'a list', value);
  if (token.kind === 'index') return value[listIndex(value, token, at)] ?? null;
  if (token.isOptional && matchingIndexes(value, token.key, token.value).length === 0) {
    return new Map([[token.key, token.value]]);
  }
  const index = theOnlyMatch(value, token, at);
  return value[listIndex(value, { index, modifiers: token.modifiers }, at)] ?? null;
}

function stepIntoMap(value: YamlValue, token: Extract<PathToken, { kind: 'key' }>, { at, next }: Step): YamlValue {
  if (!isMap(value)) throw wrongType(at, 'a map', value);
  const found = value.get(token.key);
  if (found !== undefined) return found;
  if (!token.isOptional) throw missingKey(at, token.key, value);
  return next === undefined ? null : emptyFor(next, at);
}

/** What an optional key that is missing has to become, so that the next token can be followed. */
export function emptyFor(next: PathToken, at: readonly PathToken[]): YamlValue {
  if (next.kind === 'key') return new Map();
  if (next.kind === 'match' || next.kind === 'append') return [];
  const path = formatPath([...at, next]);
  throw new PathProblem(
    'unsupported',
    [...at, next],
    `path '${path}' cannot be made: a new list has no index yet, use '-'`,
  );
}
