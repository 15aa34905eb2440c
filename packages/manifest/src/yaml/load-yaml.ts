import { ExpectedError } from '@boti/core';
import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap as isMapNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { keyText, toPlain } from './plain.ts';
import { readSimpleYaml } from './read-simple-yaml.ts';
import { resolvePlain } from './resolve-scalar.ts';
import {
  isInteger,
  isList,
  isMap,
  setEntry,
  YamlFloat,
  type YamlKey,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from './yaml-value.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text is not YAML, or uses it in a way that cannot be read. */
export class YamlInvalid extends ExpectedError {
  readonly file: string;
  readonly position: Position | undefined;

  constructor(file: string, problem: string, position?: Position) {
    const where = position === undefined ? file : `${file}, line ${position.line}, column ${position.column}`;
    super(`${where}: ${problem}`);
    this.file = file;
    this.position = position;
  }
}

export interface YamlDocument {
  readonly file: string;
  readonly value: YamlValue;
  /** Where the value at this path begins; with `key: true`, where its key does. Undefined if there is no such path. */
  positionOf(path: readonly (string | number)[], options?: { readonly key?: boolean }): Position | undefined;
}

export interface LoadOptions {
  /** Names the text in errors. */
  readonly file?: string;
  /** Leaves numbers as they are written (`1.10`), for files whose fields are all text. */
  readonly numbersAsText?: boolean;
  /** Leaves the keys of the outermost map as they are written: `yes`, `5` are names there. */
  readonly topKeysAsText?: boolean;
}

/** Reads the first document of a text as plain JavaScript. */
export function loadYaml(text: string, options: LoadOptions = {}): unknown {
  return toPlain(parseYaml(text, options).value);
}

/** Reads the first document of a text, in go-yaml v2's dialect; where everything stands is found out when asked for. */
export function parseYaml(text: string, options: LoadOptions = {}): YamlDocument {
  const simple = readSimpleYaml(text, options);
  if (simple === undefined) return readWithLibrary(text, options);
  let document: YamlDocument | undefined;
  return {
    file: options.file ?? unnamed,
    value: simple.value,
    positionOf(path, at) {
      document ??= readWithLibrary(text, options);
      return document.positionOf(path, at);
    },
  };
}

const unnamed = 'YAML text';

/** As parseYaml, by way of the library's nodes. */
export function readWithLibrary(text: string, options: LoadOptions = {}): YamlDocument {
  const { file = unnamed } = options;
  const lines = new LineCounter();
  const document = firstDocument(text, lines);
  const fail = (problem: string, offset: number): never => {
    const { line, col } = lines.linePos(offset);
    throw new YamlInvalid(file, problem, { line: Math.max(1, line), column: Math.max(1, col) });
  };
  const error = document?.errors[0];
  if (error !== undefined) fail(error.message, error.pos[0]);
  const contents = document?.contents ?? null;
  const reader = nodeReader({ text, fail, ...options });
  return {
    file,
    value: contents === null ? null : reader.read(contents),
    positionOf: (path, options) => positionIn(contents, path, { lines, anchors: reader.anchors, ...options }),
  };
}

function firstDocument(text: string, lines: LineCounter): Document.Parsed | undefined {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  for (const document of composer.compose(parser.parse(text), true, text.length)) return document as Document.Parsed;
  return undefined;
}

type Fail = (problem: string, offset: number) => never;

/** Aliases may repeat content, but not without bound ("billion laughs"). */
const maximumValues = 4_000_000;

interface NodeReader {
  read(node: unknown): YamlValue;
  readonly anchors: ReadonlyMap<string, Node>;
}

interface Source extends LoadOptions {
  readonly text: string;
  readonly fail: Fail;
}

function nodeReader({ text, fail, numbersAsText = false, topKeysAsText = false }: Source): NodeReader {
  const anchors = new Map<string, Node>();
  const done = new Map<Node, { readonly value: YamlValue; readonly size: number }>();
  let size = 0;
  let depth = 0;

  function read(node: unknown): YamlValue {
    size += 1;
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return readAlias(node);
    const before = size;
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node as Node);
    const value = readContent(node as Node);
    if (anchor !== undefined) done.set(node as Node, { value, size: size - before });
    return value;
  }

  function readAlias(alias: Alias): YamlValue {
    const target = anchors.get(alias.source);
    if (target === undefined) return fail(`unknown anchor '${alias.source}' referenced`, offsetOf(alias));
    const known = done.get(target);
    if (known === undefined) return fail(`anchor '${alias.source}' value contains itself`, offsetOf(alias));
    size += known.size;
    if (size > maximumValues) fail('document contains excessive aliasing', offsetOf(alias));
    return known.value;
  }

  function readContent(node: Node): YamlValue {
    if (isScalar(node)) {
      const value = readScalar(node, fail, isCutOff(node, text));
      return numbersAsText && (isInteger(value) || value instanceof YamlFloat) ? String(node.value) : value;
    }
    if (isSeq(node)) return node.items.map((item) => (isPair(item) ? readPairs([item]) : read(item)));
    return isMapNode(node) ? readPairs(node.items) : null;
  }

  function readPairs(pairs: readonly Pair[]): YamlMap {
    const map = new Map<YamlKey, YamlValue>();
    depth += 1;
    for (const { key, value } of pairs) {
      if (isMergeKey(key)) merge(map, read(value), key);
      else setEntry(map, readKey(key), read(value));
    }
    depth -= 1;
    return map;
  }

  function readKey(node: unknown): YamlKey {
    if (topKeysAsText && depth === 1 && isScalar(node)) return String(node.value);
    const key = read(node);
    if (isMap(key) || isList(key) || key instanceof Uint8Array) {
      return fail('a map or list cannot be a map key', offsetOf(node));
    }
    return key;
  }

  function merge(into: Map<YamlKey, YamlValue>, value: YamlValue, key: Scalar): void {
    const maps = isList(value) ? value : [value];
    for (const map of maps.toReversed()) {
      if (!isMap(map)) fail("'<<' needs a map, or a list of maps, as its value", offsetOf(key));
      else for (const [name, item] of map) setEntry(into, name, item);
    }
  }

  return { read, anchors };
}

function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && key.value === '<<' && (key.type === 'PLAIN' || key.tag === `${core}merge`);
}

const core = 'tag:yaml.org,2002:';

/** Without a line break at the end of the file, block text has none either; the library adds one. */
function isCutOff({ type, range }: Scalar, text: string): boolean {
  return type?.startsWith('BLOCK_') === true && range?.[1] === text.length && /[^\n\r ][^\n\r]*$/.test(text);
}

function readScalar(node: Scalar, fail: Fail, isCut: boolean): YamlScalar {
  const source = String(node.value ?? '');
  const text = isCut ? source.replace(/\n$/, '') : source;
  const tag = node.tag;
  if (node.type === 'PLAIN' && /^[@`%]/.test(text))
    fail(`'${text[0]}' cannot start plain text; quote it`, offsetOf(node));
  if (tag?.startsWith(core))
    return readTagged(text, tag.slice(core.length), (problem) => fail(problem, offsetOf(node)));
  if (tag !== undefined && tag !== '?') return text;
  return node.type === 'PLAIN' || node.type === undefined ? resolvePlain(text) : text;
}

function readTagged(text: string, tag: string, fail: (problem: string) => never): YamlScalar {
  if (tag === 'binary') return readBinary(text, fail);
  const value = resolvePlain(text);
  if (tag === 'float' && isInteger(value)) return new YamlFloat(Number(value));
  if (scalarTypes[tag]?.(value) === false) fail(`'${text}' is not a !!${tag}`);
  return tag === 'int' || tag === 'float' || tag === 'bool' || tag === 'null' ? value : text;
}

const scalarTypes: Readonly<Record<string, (value: YamlScalar) => boolean>> = {
  int: isInteger,
  float: (value) => value instanceof YamlFloat,
  bool: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

function readBinary(text: string, fail: (problem: string) => never): string | Uint8Array {
  const compact = text.replaceAll(/\s/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== compact.replace(/=+$/, '')) fail('!!binary is not valid base64');
  const decoded = bytes.toString('utf8');
  return Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : bytes;
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}

interface Locate {
  readonly lines: LineCounter;
  readonly anchors: ReadonlyMap<string, Node>;
  readonly key?: boolean;
}

function positionIn(contents: unknown, path: readonly (string | number)[], locate: Locate): Position | undefined {
  let node = contents;
  let key = contents;
  for (const step of path) {
    if (isAlias(node)) node = locate.anchors.get(node.source);
    if (isSeq(node)) node = key = node.items[Number(step)];
    else if (isMapNode(node))
      ({ key, value: node } = pairOf(node, String(step)) ?? { key: undefined, value: undefined });
    else return undefined;
    if (key === undefined) return undefined;
  }
  const place = locate.key === true || node === null || node === undefined ? key : node;
  const { line, col } = locate.lines.linePos(offsetOf(place));
  return { line, column: col };
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.findLast(({ key }) => isScalar(key) && (key.value === name || resolvedName(key) === name));
}

function resolvedName(key: Scalar): string | undefined {
  if (key.type !== 'PLAIN') return undefined;
  return keyText(resolvePlain(String(key.value)) as YamlKey);
}
