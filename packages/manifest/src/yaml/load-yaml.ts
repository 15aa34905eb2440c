import {
  Composer,
  type Document,
  isAlias,
  isMap as isMapNode,
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
import { NodeReader, offsetOf, tooDeep } from './read-nodes.ts';
import { readSimpleYaml } from './read-simple-yaml.ts';
import { resolvePlain } from './resolve-scalar.ts';
import { type Position, YamlInvalid } from './yaml-invalid.ts';
import type { YamlKey, YamlValue } from './yaml-value.ts';

export { type Position, YamlInvalid } from './yaml-invalid.ts';

export interface YamlDocument {
  readonly file: string;
  readonly value: YamlValue;
  /** Keys that stand twice in one map: the last one counts. */
  readonly duplicateKeys: readonly DuplicateKey[];
  /** Where the value at this path begins; with `key: true`, where its key does. Undefined if there is no such path. */
  positionOf(path: readonly (string | number)[], options?: { readonly key?: boolean }): Position | undefined;
}

export interface DuplicateKey {
  readonly name: string;
  readonly first: Position;
  readonly last: Position;
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
    duplicateKeys: [],
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
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (problem: string, offset: number): never => {
    throw new YamlInvalid(file, problem, positionAt(offset));
  };
  refuseUnprintable(text, fail);
  const error = document?.errors[0];
  if (error !== undefined) fail(isTooDeep(error) ? tooDeep : error.message.slice(0, longestMessage), error.pos[0]);
  const contents = document?.contents ?? null;
  const reader = new NodeReader({ text, fail, ...options });
  const value = contents === null ? null : reader.read(contents);
  return {
    file,
    value,
    duplicateKeys: reader.duplicates.map(({ name, first, last }) => ({
      name,
      first: positionAt(offsetOf(first)),
      last: positionAt(offsetOf(last)),
    })),
    positionOf: (path, options) => positionIn(contents, path, { lines, anchors: reader.anchors, ...options }),
  };
}

/** As go-yaml's reader: no control characters but tab and line breaks, no half of a surrogate pair. */
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function refuseUnprintable(text: string, fail: (problem: string, offset: number) => never): void {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const found = unprintable.exec(text.slice(start));
  if (found === null) return;
  const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  fail(`the character U+${code} cannot stand in YAML`, found.index + start);
}

/** The library's messages quote the text. */
const longestMessage = 200;

/** The library's calls nest as the text does. */
const isTooDeep = ({ message }: Error): boolean => message.includes('call stack');

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
