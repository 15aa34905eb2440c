import { closest, ExpectedError, messageOf } from '@boti/core';
import { type DuplicateKey, type Position, parseYaml, type YamlDocument } from '../yaml/load-yaml.ts';
import { isInteger, isList, isMap, kindOf, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';
import { applyOperation, type Operation } from './apply-operation.ts';
import { parsePath } from './path.ts';
import { PathProblem } from './path-problem.ts';

/** A list of operations on a document. */
export interface OpsFile {
  readonly file: string;
  readonly operations: readonly PlacedOperation[];
  readonly duplicateKeys: readonly DuplicateKey[];
}

interface PlacedOperation {
  readonly operation: Operation;
  readonly path: string;
  /** Where it, or what is at this path in it, stands in the file. */
  positionOf(path: readonly (string | number)[], options?: { readonly key?: boolean }): Position | undefined;
}

/** An ops file does not hold what it must, or one of its operations cannot be done. */
export class OperationFailed extends ExpectedError {
  readonly file: string;
  readonly index: number;

  constructor(
    place: { readonly file: string; readonly index: number; position(): Position | undefined },
    problem: string,
  ) {
    const position = place.position();
    const line = position === undefined ? '' : ` (line ${position.line})`;
    super(`operation [${place.index}] in ${place.file}${line} failed: ${problem}`);
    this.file = place.file;
    this.index = place.index;
  }
}

/** Reads an ops file: a YAML list of `{type: replace|remove|test, path, value?, absent?}`; empty means no operations. */
export function parseOpsFile(text: string, file: string): OpsFile {
  const document = parseYaml(text, { file });
  const list = document.value ?? [];
  if (!isList(list)) {
    throw new ExpectedError(`Ops file '${file}' must be a list of operations, but is ${kindOf(list)}`);
  }
  const operations = list.map((item, index) => parseOperation(document, item, index));
  return { file, operations, duplicateKeys: document.duplicateKeys };
}

function parseOperation(document: YamlDocument, item: YamlValue, index: number): PlacedOperation {
  const place = { file: document.file, index, position: () => document.positionOf([index]) };
  const fail = (problem: string): never => {
    throw new OperationFailed(place, problem);
  };
  const definition = item ?? new Map();
  if (!isMap(definition)) return fail(`an operation must be a map, but this is ${kindOf(item)}`);
  const type = textOf(definition.get('type'), 'type', fail) ?? '';
  const path = textOf(definition.get('path'), 'path', fail);
  const make = operationTypes[type];
  if (make === undefined) return fail(unknownType(type));
  if (path === undefined) return fail(`${type} has no path`);
  try {
    const positionOf: PlacedOperation['positionOf'] = (within, options) =>
      document.positionOf([index, ...within], options);
    return { operation: make(parsePath(path), definition, fail), path, positionOf };
  } catch (error) {
    return error instanceof OperationFailed
      ? fail(messageOf(error).replace(/^.*? failed: /, ''))
      : fail(messageOf(error));
  }
}

function unknownType(type: string): string {
  const guess = closest(type, Object.keys(operationTypes));
  return `unknown type '${type}', known are replace, remove and test${guess === undefined ? '' : `; did you mean '${guess}'?`}`;
}

function textOf(value: YamlValue | undefined, key: string, fail: (problem: string) => never): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || isInteger(value) || typeof value === 'boolean') return String(value);
  return fail(`its ${key} must be text, but is ${kindOf(value)}`);
}

type MakeOperation = (path: Operation['path'], definition: YamlMap, fail: (problem: string) => never) => Operation;

const operationTypes: Readonly<Record<string, MakeOperation>> = {
  replace(path, definition, fail) {
    const value = definition.get('value') ?? fail('replace has no value (null counts as none)');
    return { type: 'replace', path, value };
  },
  remove(path, definition, fail) {
    if (definition.get('value') != null) fail('remove takes no value');
    return { type: 'remove', path };
  },
  test(path, definition, fail) {
    const { value, absent } = { value: definition.get('value'), absent: definition.get('absent') };
    if (absent === true) return { type: 'test', path, value: undefined };
    return { type: 'test', path, value: value ?? fail('test needs a value, or absent: true') };
  },
};

/** The document after all operations of all files, in order. The error names file, index, line and path. */
export function applyOps(document: YamlValue, files: readonly OpsFile[]): YamlValue {
  let result = document;
  for (const { file, operations } of files) {
    for (const [index, { operation, positionOf }] of operations.entries()) {
      try {
        result = applyOperation(result, operation);
      } catch (error) {
        if (!(error instanceof PathProblem)) throw error;
        throw new OperationFailed({ file, index, position: () => positionOf([]) }, messageOf(error));
      }
    }
  }
  return result;
}
