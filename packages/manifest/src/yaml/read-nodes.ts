import {
  type Alias,
  isAlias,
  isMap as isMapNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import { keyText } from './plain.ts';
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

type Fail = (problem: string, offset: number) => never;

/** Aliases may repeat content, but not without bound ("billion laughs"). */
const maximumValues = 4_000_000;

/** So many lists and maps may be in one another, those that aliases bring along included. */
const maximumDepth = 500;
export const tooDeep = `lists and maps are nested too deeply: more than ${maximumDepth} levels`;

export interface NodeSource {
  readonly text: string;
  readonly fail: Fail;
  readonly numbersAsText?: boolean;
  readonly topKeysAsText?: boolean;
}

interface Duplicate {
  readonly name: string;
  /** The nodes of the keys. */
  readonly first: unknown;
  readonly last: unknown;
}

/** Turns the library's nodes into values, in go-yaml v2's dialect. */
export class NodeReader {
  readonly anchors = new Map<string, Node>();
  readonly duplicates: Duplicate[] = [];
  readonly #source: NodeSource;
  readonly #done = new Map<Node, { readonly value: YamlValue; readonly size: number; readonly height: number }>();
  #size = 0;
  #depth = 0;
  /** How deep it went since this was reset. */
  #deepest = 0;
  #mapDepth = 0;

  constructor(source: NodeSource) {
    this.#source = source;
  }

  read(node: unknown): YamlValue {
    this.#size += 1;
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node);
    const { anchor } = node as { anchor?: string };
    return anchor === undefined ? this.#nested(node as Node, 0) : this.#anchored(node as Node, anchor);
  }

  /** A node one level deeper, or as many as an alias brings along. */
  #nested(node: Node, height: number): YamlValue {
    this.#depth += 1;
    this.#deepest = Math.max(this.#deepest, this.#depth + height);
    if (this.#depth + height > maximumDepth) this.#source.fail(tooDeep, offsetOf(node));
    const value = isAlias(node) ? null : this.#content(node);
    this.#depth -= 1;
    return value;
  }

  #anchored(node: Node, anchor: string): YamlValue {
    const before = { size: this.#size, deepest: this.#deepest };
    this.anchors.set(anchor, node);
    this.#deepest = 0;
    const value = this.#nested(node, 0);
    this.#done.set(node, { value, size: this.#size - before.size, height: this.#deepest - this.#depth });
    this.#deepest = Math.max(before.deepest, this.#deepest);
    return value;
  }

  #alias(alias: Alias): YamlValue {
    const { fail } = this.#source;
    const target = this.anchors.get(alias.source);
    if (target === undefined) return fail(`unknown anchor '${alias.source}' referenced`, offsetOf(alias));
    const known = this.#done.get(target);
    if (known === undefined) return fail(`anchor '${alias.source}' value contains itself`, offsetOf(alias));
    this.#nested(alias, known.height - 1);
    this.#size += known.size;
    if (this.#size > maximumValues) fail('document contains excessive aliasing', offsetOf(alias));
    return known.value;
  }

  #content(node: Node): YamlValue {
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return node.items.map((item) => this.#item(item));
    return isMapNode(node) ? this.#pairs(node.items) : null;
  }

  #scalar(node: Scalar): YamlScalar {
    const value = readScalar(node, this.#source.fail, isCutOff(node, this.#source.text));
    const isText = this.#source.numbersAsText === true && (isInteger(value) || value instanceof YamlFloat);
    return isText ? String(node.value) : value;
  }

  #item(node: unknown): YamlValue {
    if (isPair(node)) return this.#pairs([node]);
    const { text } = this.#source;
    const [pair] = isMapNode(node) && text[offsetOf(node)] !== '{' ? node.items : [];
    return pair !== undefined && hasColonInKey(pair, text) ? keyWithColon(pair) : this.read(node);
  }

  #pairs(pairs: readonly Pair[]): YamlMap {
    const map = new Map<YamlKey, YamlValue>();
    const own = new Map<YamlKey, unknown>();
    this.#mapDepth += 1;
    for (const pair of pairs) {
      const { key, value } = pair;
      if (isMergeKey(key)) this.#merge(map, this.read(value), key);
      else {
        const name = hasColonInKey(pair, this.#source.text) ? keyWithColon(pair) : this.#key(key);
        if (own.has(name)) this.duplicates.push({ name: keyText(name), first: own.get(name), last: key });
        own.set(name, key);
        setEntry(map, name, this.read(value));
      }
    }
    this.#mapDepth -= 1;
    return map;
  }

  #key(node: unknown): YamlKey {
    if (isLeftOut(node, this.#source.text)) this.#source.fail("there is no key before ':'", offsetOf(node));
    if (this.#source.topKeysAsText === true && this.#mapDepth === 1 && isScalar(node)) return String(node.value);
    const key = this.read(node);
    if (isMap(key) || isList(key) || key instanceof Uint8Array) {
      return this.#source.fail('a map or list cannot be a map key', offsetOf(node));
    }
    return key;
  }

  #merge(into: Map<YamlKey, YamlValue>, value: YamlValue, key: Scalar): void {
    const maps = isList(value) ? value : [value];
    for (const map of maps.toReversed()) {
      if (!isMap(map)) this.#source.fail("'<<' needs a map, or a list of maps, as its value", offsetOf(key));
      else for (const [name, item] of map) setEntry(into, name, item);
    }
  }
}

function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && key.value === '<<' && (key.type === 'PLAIN' || key.tag === `${core}merge`);
}

/** `{a:}` and `[a:, b]`: in lists and maps of one line, YAML 1.1 takes a colon for a key's end only before a space. */
function hasColonInKey({ key, value }: Pair, text: string): boolean {
  if (!isScalar(key) || key.type !== 'PLAIN' || (value !== null && !isEmpty(value))) return false;
  const end = key.range?.[1] ?? 0;
  return text[end] === ':' && /[,\]}]/.test(text[end + 1] ?? '');
}

const keyWithColon = ({ key }: Pair): string => `${String((key as Scalar).value)}:`;

/** `: value`, which YAML 1.2 reads as a key that is null; after a `?` it is one in 1.1, too. */
function isLeftOut(key: unknown, text: string): boolean {
  return isEmpty(key) && !/(?:^|[\s,[{])\?\s*$/.test(text.slice(Math.max(0, offsetOf(key) - 100), offsetOf(key)));
}

function isEmpty(node: unknown): node is Scalar {
  if (!isScalar(node) || node.tag !== undefined || node.anchor !== undefined || node.range === undefined) return false;
  return node.range === null || node.range?.[0] === node.range?.[1];
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

/** Where in the text a node begins. */
export function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}
