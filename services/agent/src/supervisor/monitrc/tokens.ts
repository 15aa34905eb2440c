export interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

/** A monit file that cannot be read as one; the message starts with `file:line:`. */
export class MonitSyntaxError extends Error {
  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`);
    this.name = 'MonitSyntaxError';
  }
}

const pattern = /#[^\n]*|"((?:[^"\\]|\\.)*)"|'([^']*)'|([<>=!]+)|([{},;])|([^\s"'{},;<>=!#][^\s"'{},;<>=!]*)|(\S)/g;
const mailFormat = /(\bmail-format\s*)\{[^}]*\}/g;

/** Splits monit's language into words, texts and signs. The free text of `mail-format {…}` is left out. */
export function tokensOf(source: string, file: string): Token[] {
  const text = source.replaceAll(
    mailFormat,
    (whole, head: string) => head + whole.slice(head.length).replaceAll(/[^\n]/g, ' '),
  );
  const tokens: Token[] = [];
  let line = 1;
  let position = 0;
  for (const match of text.matchAll(pattern)) {
    line += newlines(text.slice(position, match.index));
    position = match.index;
    const [whole, double, single, operator, sign, word, stray] = match;
    if (stray !== undefined) throw new MonitSyntaxError(file, line, strayProblem(stray));
    if (double !== undefined) tokens.push({ text: double.replaceAll(/\\(["\\])/g, '$1'), quoted: true, line });
    else if (single !== undefined) tokens.push({ text: single, quoted: true, line });
    else if (!whole.startsWith('#')) tokens.push({ text: operator ?? sign ?? word ?? '', quoted: false, line });
  }
  return tokens;
}

function strayProblem(stray: string): string {
  return stray === '"' || stray === "'" ? `a text that starts with ${stray} does not end` : `unexpected ${stray}`;
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}

/** Reads tokens one after the other; noise words that monit allows anywhere are passed over by `skipNoise`. */
export class TokenReader {
  readonly file: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string, file: string) {
    this.file = file;
    this.#tokens = tokensOf(source, file);
  }

  get atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  get line(): number {
    return (this.#tokens[this.#next] ?? this.#tokens.at(-1))?.line ?? 1;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  /** True when the next token is one of these words; letter case does not matter, quoted texts are no words. */
  isWord(...words: readonly string[]): boolean {
    const token = this.peek();
    return token !== undefined && !token.quoted && words.includes(token.text.toLowerCase());
  }

  take(expected: string): Token {
    const token = this.peek();
    if (token === undefined) throw this.error(`${expected} is missing at the end of the file`);
    this.#next += 1;
    return token;
  }

  takeWord(...words: readonly string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.#next += 1;
    return true;
  }

  skipNoise(...noise: readonly string[]): void {
    while (this.takeWord(...noise));
  }

  takeNumber(expected: string): number {
    const token = this.take(expected);
    const number = Number.parseFloat(token.text);
    if (Number.isNaN(number)) throw this.error(`${expected} must be a number, not '${token.text}'`, token.line);
    return number;
  }

  error(problem: string, line = this.line): MonitSyntaxError {
    return new MonitSyntaxError(this.file, line, problem);
  }
}
