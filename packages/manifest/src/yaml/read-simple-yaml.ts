import { FlowReader } from './read-simple-flow.ts';
import { resolvePlain } from './resolve-scalar.ts';
import { isInteger, YamlFloat, type YamlKey, type YamlScalar, type YamlValue } from './yaml-value.ts';

/** Thrown, and caught here, where a text is not simple: the library has to read it. It may be wrong, too. */
const notSimple = new Error('not simple');

export interface SimpleOptions {
  readonly numbersAsText?: boolean;
  readonly topKeysAsText?: boolean;
}

/**
 * Reads what nearly all manifests and ops files are made of, ten times as fast as the library: block maps and lists,
 * scalars on one line, literal texts, flow lists and maps on one line, anchors and aliases. Undefined for everything
 * else: errors, and whatever is rare. What is read here must be what the library would have read.
 */
export function readSimpleYaml(text: string, options: SimpleOptions = {}): { readonly value: YamlValue } | undefined {
  const content = text.slice(documentStart.exec(text)?.[0].length ?? 0);
  if (unusual.test(text) || furtherDocument.test(content)) return undefined;
  try {
    return { value: new SimpleReader(content, options).document() };
  } catch (error) {
    if (error === notSimple) return undefined;
    throw error;
  }
}

const documentStart = /^(?:(?:#.*)?\n)*---[ ]*\n/;
/** Control characters, line breaks other than \n, what is beyond 16 bits. */
const unusual = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
/** Or the end of this one, or a directive. */
const furtherDocument = /^(?:---|\.\.\.|%)/m;

const plainKey = /[A-Za-z0-9_(/.$][A-Za-z0-9_()/.$+@*!~=-]*(?=:(?: |$))/y;
const quotedKey = /(?:"[^"\\]*"|'[^']*')(?=:(?: |$))/y;
const quoted = /(?:"([^"\\]*)"|'((?:[^']|'')*)')(?: *$| +#)/y;
const anchorName = /&([A-Za-z0-9_-]+)(?: +|$)/y;
const aliasName = /\*([A-Za-z0-9_-]+) *(?: #.*)?$/y;
const literalHeader = /\|(-?) *$/y;
const flowStart = /[[{]/y;
/** What a plain scalar must not begin with; `-` may, before another sign than a space. */
const plainStart = /(?:[^-?:,[\]{}#&*!|>'"%@`\t ]|-[^ \t])/y;

const maximumDepth = 100;
const maximumKey = 1000;
/** As many values may come from aliases; more are for the library to refuse. */
const maximumValues = 1_000_000;

interface Anchored {
  readonly value: YamlValue;
  readonly size: number;
}

class SimpleReader {
  readonly #lines: readonly string[];
  readonly #options: SimpleOptions;
  readonly #anchors = new Map<string, Anchored>();
  #at = 0;
  #size = 0;
  #aliases = 0;
  #depth = 0;
  #mapDepth = 0;

  constructor(text: string, options: SimpleOptions) {
    this.#lines = text.split('\n');
    this.#options = options;
  }

  document(): YamlValue {
    const value = this.#skipToContent() < 0 ? null : this.#block(this.#indent());
    if (this.#skipToContent() >= 0) throw notSimple;
    return value;
  }

  get #line(): string {
    return this.#lines[this.#at] ?? '';
  }

  #indent(): number {
    const line = this.#line;
    let indent = 0;
    while (line.charCodeAt(indent) === 32) indent += 1;
    return indent;
  }

  /** Passes empty lines and comments. The indentation of the line that follows, or -1 at the end. */
  #skipToContent(): number {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const indent = this.#indent();
      const line = this.#line;
      if (indent < line.length && line.charCodeAt(indent) !== 35) return indent;
    }
    return -1;
  }

  #matches(pattern: RegExp, column: number): RegExpExecArray | null {
    pattern.lastIndex = column;
    return pattern.exec(this.#line);
  }

  #isItem(column: number): boolean {
    const line = this.#line;
    return line.charCodeAt(column) === 45 && (line.length === column + 1 || line.charCodeAt(column + 1) === 32);
  }

  /** A node that begins at this column of this line, with nothing above it but its parent. */
  #block(column: number): YamlValue {
    this.#depth += 1;
    // An anchor on a line of its own: rare.
    if (this.#depth > maximumDepth || this.#line.charCodeAt(column) === 38) throw notSimple;
    this.#size += 1;
    const value = this.#isItem(column)
      ? this.#list(column)
      : this.#keyAt(column) === undefined
        ? this.#inline(column, column - 1)
        : this.#map(column);
    this.#depth -= 1;
    return value;
  }

  #list(column: number): readonly YamlValue[] {
    const items: YamlValue[] = [];
    do {
      const start = this.#contentAfter(column + 1);
      items.push(start === -1 ? this.#below(column, false) : this.#item(start, column));
    } while (this.#continues(column) && this.#isItem(column));
    return items;
  }

  #item(start: number, column: number): YamlValue {
    if (this.#isItem(start) || this.#keyAt(start) !== undefined) return this.#block(start);
    return this.#inline(start, column);
  }

  #map(column: number): YamlValue {
    const map = new Map<YamlKey, YamlValue>();
    this.#mapDepth += 1;
    do {
      const found = this.#keyAt(column);
      // A key that is there twice is worth a warning: the library knows where.
      if (found === undefined || map.has(found.key)) throw notSimple;
      const start = this.#contentAfter(found.end);
      map.set(found.key, start === -1 ? this.#below(column, true) : this.#inline(start, column));
    } while (this.#continues(column) && !this.#isItem(column));
    this.#mapDepth -= 1;
    return map;
  }

  /** True if the next line goes on with the map or list at this column. */
  #continues(column: number): boolean {
    const indent = this.#skipToContent();
    if (indent > column) throw notSimple;
    return indent === column;
  }

  /** Where on this line something stands from this column on, or -1. */
  #contentAfter(column: number): number {
    const line = this.#line;
    let start = column;
    while (line.charCodeAt(start) === 32) start += 1;
    if (start >= line.length || (line.charCodeAt(start) === 35 && start > column)) return -1;
    return start;
  }

  /** A node that is on the lines below, or null. */
  #below(column: number, isInMap: boolean): YamlValue {
    this.#at += 1;
    const indent = this.#skipToContent();
    if (indent > column) return this.#block(indent);
    if (isInMap && indent === column && this.#isItem(column)) return this.#list(column);
    this.#size += 1;
    return null;
  }

  #keyAt(column: number): { readonly key: YamlKey; readonly end: number } | undefined {
    const plain = this.#matches(plainKey, column);
    const [text] = plain ?? this.#matches(quotedKey, column) ?? [];
    if (text === undefined) return undefined;
    if (text.length > maximumKey) throw notSimple;
    const end = column + text.length + 1;
    if (plain === null) return { key: text.slice(1, -1), end };
    const isName = this.#options.topKeysAsText === true && this.#mapDepth <= 1;
    const key = isName ? text : this.#scalar(text);
    // Two floats that are equal are one key.
    if (key instanceof YamlFloat || key instanceof Uint8Array) throw notSimple;
    return { key, end };
  }

  /** A node on the rest of this line, and literal text below it. */
  #inline(start: number, parent: number, isAnchored = false): YamlValue {
    const anchor = this.#matches(anchorName, start);
    if (anchor !== null && isAnchored) throw notSimple;
    if (anchor !== null) return this.#anchored(anchor[1] ?? '', start + anchor[0].length, parent);
    this.#size += 1;
    const literal = this.#matches(literalHeader, start);
    if (literal !== null) return this.#literal(parent, literal[1] === '-');
    const value = this.#onOneLine(start);
    this.#at += 1;
    if (this.#skipToContent() > parent) throw notSimple;
    return value;
  }

  #onOneLine(start: number): YamlValue {
    const alias = this.#matches(aliasName, start);
    if (alias !== null) return this.#alias(alias[1] ?? '');
    const text = this.#matches(quoted, start);
    if (text !== null) return text[1] ?? (text[2] ?? '').replaceAll("''", "'");
    if (this.#matches(flowStart, start) !== null) return this.#flow(start);
    return this.#plain(start);
  }

  #flow(start: number): YamlValue {
    const reader = new FlowReader(this.#line, start, (text) => this.#scalar(text));
    // In a flow map the top keys would have to be told from the others.
    const value = this.#options.topKeysAsText === true ? undefined : reader.value();
    if (value === undefined || this.#contentAfter(reader.at) !== -1) throw notSimple;
    this.#size += reader.size;
    return value;
  }

  #plain(start: number): YamlValue {
    if (this.#matches(plainStart, start) === null) throw notSimple;
    const line = this.#line;
    const comment = line.indexOf(' #', start);
    const text = (comment === -1 ? line.slice(start) : line.slice(start, comment)).replace(/ +$/, '');
    if (text.includes(': ') || text.endsWith(':') || text.includes('\t')) throw notSimple;
    return this.#scalar(text);
  }

  #scalar(text: string): YamlScalar {
    const value = resolvePlain(text);
    return this.#options.numbersAsText === true && (isInteger(value) || value instanceof YamlFloat) ? text : value;
  }

  #anchored(name: string, start: number, parent: number): YamlValue {
    const before = { size: this.#size, aliases: this.#aliases };
    const isEmpty = this.#contentAfter(start) === -1;
    // `- &name key: value` names the key; `- &name` above a list at its own column is rare.
    if (!isEmpty && this.#keyAt(start) !== undefined) throw notSimple;
    this.#anchors.delete(name);
    const value = isEmpty ? this.#below(parent, false) : this.#inline(start, parent, true);
    if (isEmpty && value === null) throw notSimple;
    // Aliases within anchors can pile up.
    if (this.#aliases > before.aliases) throw notSimple;
    this.#anchors.set(name, { value, size: this.#size - before.size });
    return value;
  }

  #alias(name: string): YamlValue {
    const known = this.#anchors.get(name);
    if (known === undefined) throw notSimple;
    this.#aliases += 1;
    this.#size += known.size;
    if (this.#size > maximumValues) throw notSimple;
    return known.value;
  }

  #literal(parent: number, isStripped: boolean): string {
    this.#at += 1;
    const first = this.#at;
    while (this.#at < this.#lines.length && /^ *$/.test(this.#line)) this.#at += 1;
    const indent = this.#indent();
    if (this.#at >= this.#lines.length || indent <= parent || parent < 0) throw notSimple;
    this.#at = first;
    const content = this.#literalLines(indent);
    const isCutOff = first + content.length === this.#lines.length;
    if (this.#skipToContent() > parent) throw notSimple;
    return content.join('\n') + (isStripped || isCutOff ? '' : '\n');
  }

  /** The lines of a literal text, without empty ones at its end. */
  #literalLines(indent: number): readonly string[] {
    const content: string[] = [];
    let filled = 0;
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#line;
      const own = this.#indent();
      const isEmpty = own === line.length;
      if (isEmpty ? own > indent : line.charCodeAt(own) === 9) throw notSimple;
      if (!isEmpty && own < indent) break;
      content.push(line.slice(indent));
      if (!isEmpty) filled = content.length;
    }
    return content.slice(0, filled);
  }
}
