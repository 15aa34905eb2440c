import { YamlFloat, type YamlKey, type YamlMap, type YamlScalar, type YamlValue } from './yaml-value.ts';

const plain = /[A-Za-z0-9_(/.$-][^,[\]{}:#&!|>'"%@`?\t]*/y;
const quoted = /"([^"\\]*)"|'((?:[^']|'')*)'/y;
const maximumDepth = 20;

/** Reads a flow list or map (`[a, {b: c}]`) that is on one line and made of the usual. */
export class FlowReader {
  readonly #line: string;
  readonly #scalar: (text: string) => YamlScalar;
  #depth = 0;
  /** Where the value ends. */
  at: number;
  /** How many values there are. */
  size = 0;

  constructor(line: string, start: number, scalar: (text: string) => YamlScalar) {
    this.#line = line;
    this.#scalar = scalar;
    this.at = start;
  }

  /** Undefined for anything unusual. */
  value(): YamlValue | undefined {
    this.size += 1;
    this.#depth += 1;
    if (this.#depth > maximumDepth) return undefined;
    const value = this.#takes('[') ? this.#list() : this.#takes('{') ? this.#map() : this.#text();
    this.#depth -= 1;
    return value;
  }

  #skipSpaces(): void {
    while (this.#line.charCodeAt(this.at) === 32) this.at += 1;
  }

  #takes(sign: string): boolean {
    this.#skipSpaces();
    const isThere = this.#line[this.at] === sign;
    if (isThere) this.at += 1;
    return isThere;
  }

  #list(): readonly YamlValue[] | undefined {
    const items: YamlValue[] = [];
    if (this.#takes(']')) return items;
    for (;;) {
      const item = this.value();
      if (item === undefined) return undefined;
      items.push(item);
      if (this.#takes(']')) return items;
      if (!this.#takes(',')) return undefined;
    }
  }

  #map(): YamlValue | undefined {
    const map = new Map<YamlKey, YamlValue>();
    if (this.#takes('}')) return map;
    for (;;) {
      const key = this.#key(map);
      const value = key === undefined ? undefined : this.value();
      if (key === undefined || value === undefined) return undefined;
      map.set(key, value);
      if (this.#takes('}')) return map;
      if (!this.#takes(',')) return undefined;
    }
  }

  /** A key that is not there yet, with its colon. */
  #key(map: YamlMap): YamlKey | undefined {
    const key = this.#text();
    if (key instanceof YamlFloat || key instanceof Uint8Array) return undefined;
    const isNew = key !== undefined && !map.has(key);
    return isNew && this.#takes(':') && this.#line[this.at] === ' ' ? key : undefined;
  }

  #text(): YamlScalar | undefined {
    this.#skipSpaces();
    const text = this.#match(quoted);
    if (text !== null) return text[1] ?? (text[2] ?? '').replaceAll("''", "'");
    const [found] = this.#match(plain) ?? [];
    return found === undefined || /^-(?: |$)/.test(found) ? undefined : this.#scalar(found.replace(/ +$/, ''));
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#line);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }
}
