import { equalValues, isList, isMap, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';
import { emptyFor, findPath } from './find-path.ts';
import { formatPath, type Modifier, type PathToken } from './path.ts';
import { listIndex, matchingIndexes, missingKey, PathProblem, theOnlyMatch, wrongType } from './path-problem.ts';

export type Operation =
  | { readonly type: 'replace'; readonly path: readonly PathToken[]; readonly value: YamlValue }
  | { readonly type: 'remove'; readonly path: readonly PathToken[] }
  | { readonly type: 'test'; readonly path: readonly PathToken[]; readonly value: YamlValue | undefined };

/** The document after one operation; the given one stays as it is. Throws PathProblem. */
// BOSH: go-patch replace_op.go, remove_op.go, test_op.go
export function applyOperation(document: YamlValue, operation: Operation): YamlValue {
  if (operation.type === 'test') return test(document, operation.path, operation.value);
  if (operation.type === 'replace') return replace(document, { tokens: operation.path, position: 0 }, operation.value);
  if (operation.path.length === 0) throw new PathProblem('unsupported', [], 'the whole document cannot be removed');
  return remove(document, { tokens: operation.path, position: 0 });
}

/** How far a path has been followed. */
interface Walk {
  readonly tokens: readonly PathToken[];
  readonly position: number;
}

const further = ({ tokens, position }: Walk): Walk => ({ tokens, position: position + 1 });
const followed = ({ tokens, position }: Walk): readonly PathToken[] => tokens.slice(0, position + 1);
const isLast = ({ tokens, position }: Walk): boolean => position === tokens.length - 1;

function replace(target: YamlValue, walk: Walk, value: YamlValue): YamlValue {
  const token = walk.tokens[walk.position];
  if (token === undefined) return value;
  if (token.kind === 'key') return replaceInMap(target, { walk, token }, value);
  const at = followed(walk);
  if (!isList(target)) throw wrongType(at, 'a list', target);
  if (token.kind === 'append') return [...target, value];
  if (token.kind === 'match' && token.isOptional && matchingIndexes(target, token.key, token.value).length === 0) {
    return [...target, isLast(walk) ? value : replace(new Map([[token.key, token.value]]), further(walk), value)];
  }
  const index = token.kind === 'index' ? token.index : theOnlyMatch(target, token, at);
  if (isLast(walk)) return insert(target, { index, modifiers: token.modifiers, at }, value);
  const place = listIndex(target, { index, modifiers: token.modifiers }, at);
  return target.with(place, replace(target[place] ?? null, further(walk), value));
}

interface MapStep {
  readonly walk: Walk;
  readonly token: Extract<PathToken, { kind: 'key' }>;
}

function replaceInMap(target: YamlValue, { walk, token }: MapStep, value: YamlValue): YamlMap {
  const at = followed(walk);
  if (!isMap(target)) throw wrongType(at, 'a map', target);
  const found = target.get(token.key);
  if (found === undefined && !token.isOptional) throw missingKey(at, token.key, target);
  const next = walk.tokens[walk.position + 1];
  if (next === undefined) return new Map(target).set(token.key, value);
  const inner = found === undefined ? emptyFor(next, at) : found;
  return new Map(target).set(token.key, replace(inner, further(walk), value));
}

interface Insertion {
  readonly index: number;
  readonly modifiers: readonly Modifier[];
  readonly at: readonly PathToken[];
}

function insert(list: readonly YamlValue[], { index, modifiers, at }: Insertion, value: YamlValue): YamlValue {
  const side = modifiers.findIndex((modifier) => modifier === 'before' || modifier === 'after');
  if (side !== -1 && side < modifiers.length - 1) {
    throw new PathProblem('unsupported', at, `nothing may follow ':${modifiers[side]}' in '${formatPath(at)}'`);
  }
  const moves = side === -1 ? modifiers : modifiers.slice(0, side);
  const place = listIndex(list, { index, modifiers: moves }, at);
  if (side === -1) return list.with(place, value);
  return list.toSpliced(modifiers[side] === 'after' ? place + 1 : place, 0, value);
}

function remove(target: YamlValue, walk: Walk): YamlValue {
  const token = walk.tokens[walk.position];
  const at = followed(walk);
  if (token === undefined) return target;
  if (token.kind === 'key') return removeFromMap(target, { walk, token });
  if (token.kind === 'append') {
    throw new PathProblem('unsupported', at, `'-' in path '${formatPath(at)}' means a new item: it cannot be removed`);
  }
  if (!isList(target)) throw wrongType(at, 'a list', target);
  if (token.kind === 'match' && token.isOptional && matchingIndexes(target, token.key, token.value).length === 0) {
    return target;
  }
  const index = token.kind === 'index' ? token.index : theOnlyMatch(target, token, at);
  const place = listIndex(target, { index, modifiers: token.modifiers }, at);
  return isLast(walk) ? target.toSpliced(place, 1) : target.with(place, remove(target[place] ?? null, further(walk)));
}

function removeFromMap(target: YamlValue, { walk, token }: MapStep): YamlMap {
  const at = followed(walk);
  if (!isMap(target)) throw wrongType(at, 'a map', target);
  const found = target.get(token.key);
  if (found === undefined) {
    if (token.isOptional) return target;
    throw missingKey(at, token.key, target);
  }
  const copy = new Map(target);
  if (isLast(walk)) copy.delete(token.key);
  else copy.set(token.key, remove(found, further(walk)));
  return copy;
}

function test(document: YamlValue, path: readonly PathToken[], expected: YamlValue | undefined): YamlValue {
  if (expected === undefined) return testAbsent(document, path);
  if (equalValues(findPath(document, path), expected)) return document;
  throw new PathProblem('mismatch', path, `the value at '${formatPath(path)}' does not match the expected value`);
}

/** Every parent must exist; only the last key, or an index, may be missing. */
function testAbsent(document: YamlValue, path: readonly PathToken[]): YamlValue {
  try {
    findPath(document, path);
  } catch (error) {
    if (error instanceof PathProblem && isExpectedAbsence(error, path)) return document;
    throw error;
  }
  throw new PathProblem('mismatch', path, `'${formatPath(path)}' was expected to be absent, but is there`);
}

function isExpectedAbsence(problem: PathProblem, path: readonly PathToken[]): boolean {
  return problem.kind === 'missing-index' || (problem.kind === 'missing-key' && problem.at.length === path.length);
}
