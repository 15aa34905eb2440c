import { isBreak, isPrintable, isSpace } from './scalar-analysis.ts';

const bestWidth = 80;
const escapes: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** Puts characters down and keeps track of column and indentation, as libyaml's emitter does. */
// BOSH: gopkg.in/yaml.v2 emitterc.go, yaml_emitter_write_*
export class YamlWriter {
  readonly #parts: string[] = [];
  #column = 0;
  #isAfterBlank = true;
  /** Only indentation and "-", "?" so far on this line. */
  isIndenting = true;
  indent = -1;

  text(): string {
    return this.#parts.join('');
  }

  /** Runs `write` one level deeper. Lists in maps are not indented (`indentless`). */
  deeper(write: () => void, isIndentless = false, isFlow = false): void {
    const outer = this.indent;
    if (outer < 0) this.indent = isFlow ? 2 : 0;
    else if (!isIndentless) this.indent = outer + 2;
    write();
    this.indent = outer;
  }

  newLine(): void {
    const indent = Math.max(this.indent, 0);
    const isHere = this.isIndenting && (this.#column < indent || (this.#column === indent && this.#isAfterBlank));
    if (!isHere) this.#break('\n');
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column), indent - this.#column);
    this.#isAfterBlank = true;
    this.isIndenting = true;
  }

  indicator(sign: string, options: { needsBlank?: boolean; isBlank?: boolean; isIndentation?: boolean } = {}): void {
    if (options.needsBlank === true && !this.#isAfterBlank) this.#put(' ', 1);
    this.#put(sign, sign.length);
    this.#isAfterBlank = options.isBlank === true;
    this.isIndenting = this.isIndenting && options.isIndentation === true;
  }

  /** True if no space of a text that comes next is where a line could be folded. */
  fits(length: number): boolean {
    return this.#column + length < bestWidth;
  }

  /** Text of one line that is written as it is. */
  asItIs(text: string): void {
    if (!this.#isAfterBlank) this.#put(' ', 1);
    this.#put(text, text.length);
    this.#isAfterBlank = false;
    this.isIndenting = false;
  }

  /** As `literal`, for text in which `\n` is the only sign of its kind, and no line begins with a space. */
  literalLines(text: string): void {
    this.indicator(text.endsWith('\n') ? (text.endsWith('\n\n') ? '|+' : '|') : '|-', { needsBlank: true });
    const indent = ' '.repeat(Math.max(this.indent, 0));
    this.#parts.push('\n', text.replaceAll(/^(?=[^\n])/gm, indent));
    const isEnded = text.endsWith('\n');
    this.#column = isEnded ? 0 : indent.length + text.length - text.lastIndexOf('\n') - 1;
    this.#isAfterBlank = true;
    this.isIndenting = isEnded;
  }

  plain(chars: readonly string[], allowsBreaks: boolean): void {
    if (!this.#isAfterBlank) this.#put(' ', 1);
    this.#folded(chars, allowsBreaks, false);
    this.#isAfterBlank = false;
    this.isIndenting = false;
  }

  singleQuoted(chars: readonly string[], allowsBreaks: boolean): void {
    this.indicator("'", { needsBlank: true });
    this.#folded(chars, allowsBreaks, true);
    this.indicator("'");
    this.isIndenting = false;
  }

  #folded(chars: readonly string[], allowsBreaks: boolean, isQuoted: boolean): void {
    for (const [at, char] of chars.entries()) {
      const previous = chars[at - 1] ?? '';
      if (isSpace(char)) this.#space(allowsBreaks && mayFoldAt(chars, at) && !isSpace(chars[at + 1]));
      else if (isBreak(char)) this.#breakInText(char, previous);
      else this.#charInText(isQuoted && char === "'" ? "''" : char, previous);
    }
  }

  #charInText(text: string, previous: string): void {
    if (isBreak(previous)) this.newLine();
    this.#text(text);
  }

  /** A line break within folded text is written as an empty line. */
  #breakInText(char: string, previous: string): void {
    if (!isBreak(previous) && char === '\n') this.#break('\n');
    this.#break(char);
    this.isIndenting = true;
  }

  /** A space, or a new line in its place where the line is already long. */
  #space(mayFold: boolean): boolean {
    const folds = mayFold && this.#column > bestWidth;
    if (folds) this.newLine();
    else this.#put(' ', 1);
    return folds;
  }

  doubleQuoted(chars: readonly string[], allowsBreaks: boolean): void {
    this.indicator('"', { needsBlank: true });
    // BOSH: yamlprivateh.go, is_bom looks at the start of the text only: then everything is escaped.
    const escapesAll = chars[0] === '\ufeff';
    for (const [at, char] of chars.entries()) {
      if (escapesAll || mustEscape(char)) {
        this.#text(escapeChar(char));
      } else if (isSpace(char)) {
        const folded = this.#space(allowsBreaks && mayFoldAt(chars, at));
        if (folded && isSpace(chars[at + 1])) this.#put('\\', 1);
      } else {
        this.#text(char);
      }
    }
    this.indicator('"');
    this.isIndenting = false;
  }

  literal(chars: readonly string[]): void {
    this.indicator('|', { needsBlank: true });
    this.indicator(literalHints(chars));
    this.#break('\n');
    this.isIndenting = true;
    this.#isAfterBlank = true;
    let isAfterBreak = true;
    for (const char of chars) {
      if (isBreak(char)) {
        this.#break(char);
        this.isIndenting = true;
        isAfterBreak = true;
      } else {
        if (isAfterBreak) this.newLine();
        this.#text(char);
        isAfterBreak = false;
      }
    }
  }

  #text(text: string): void {
    this.#put(text, text.length);
    this.isIndenting = false;
  }

  #put(text: string, width: number): void {
    this.#parts.push(text);
    this.#column += width;
  }

  #break(char: string): void {
    this.#parts.push(char);
    this.#column = 0;
  }
}

function literalHints(chars: readonly string[]): string {
  const first = chars[0] ?? '';
  const indentHint = isSpace(first) || isBreak(first) ? '2' : '';
  const last = chars.at(-1);
  if (last === undefined || !isBreak(last)) return `${indentHint}-`;
  const beforeLast = chars.at(-2);
  return beforeLast === undefined || isBreak(beforeLast) ? `${indentHint}+` : indentHint;
}

function mayFoldAt(chars: readonly string[], at: number): boolean {
  return at > 0 && at < chars.length - 1 && !isSpace(chars[at - 1]);
}

function mustEscape(char: string): boolean {
  return !isPrintable(char) || isBreak(char) || char === '"' || char === '\\';
}

function escapeChar(char: string): string {
  const short = escapes[char];
  if (short !== undefined) return `\\${short}`;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
