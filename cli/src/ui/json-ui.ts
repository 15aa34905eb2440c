import { headerKey, selectColumns, type Table, textOf } from './table.ts';
import type { Output, Ui } from './ui.ts';

interface JsonTable {
  readonly Content: string;
  readonly Header: Readonly<Record<string, string>>;
  readonly Rows: readonly Readonly<Record<string, string>>[];
  readonly Notes: readonly string[] | null;
}

/** Collects everything and prints one JSON object at the end. It cannot ask. */
export class JsonUi implements Ui {
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #columns: readonly string[];
  readonly #mayProceed: boolean;
  readonly #tables: JsonTable[] = [];
  readonly #blocks: string[] = [];
  readonly #lines: string[] = [];

  constructor(options: { stdout: Output; stderr: Output; columns: readonly string[]; isInteractive: boolean }) {
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#columns = options.columns;
    this.#mayProceed = !options.isInteractive;
  }

  readonly isInteractive = false;

  line(text: string): void {
    this.#lines.push(text);
  }

  raw(text: string): void {
    this.#lines.push(text);
  }

  endRaw(text: string): void {
    this.#lines.push(text);
  }

  report(text: string): void {
    this.#lines.push(text);
  }

  stage(text: string): void {
    this.#lines.push(text);
  }

  endStage(text: string): void {
    this.#lines.push(text);
  }

  block(text: string): void {
    this.#blocks.push(text);
  }

  errorBlock(text: string): void {
    this.#blocks.push(text);
  }

  errorLine(text: string): void {
    this.#lines.push(text);
  }

  remark(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  table(whole: Table): void {
    const table = selectColumns(whole, this.#columns);
    const keys = table.header.map(headerKey);
    this.#tables.push({
      Content: table.content ?? '',
      Header: sorted(keys.map((key, index) => [key, table.header[index] ?? ''])),
      Rows: table.rows.map((row) => sorted(row.map((cell, index) => [keys[index] ?? '', textOf(cell)]))),
      Notes: table.notes ?? null,
    });
  }

  async confirm(): Promise<void> {
    if (!this.#mayProceed) throw cannotAsk('confirmation');
  }

  async ask(): Promise<never> {
    throw cannotAsk('input');
  }

  async askSecret(): Promise<never> {
    throw cannotAsk('a password');
  }

  async choose(): Promise<never> {
    throw cannotAsk('a choice');
  }

  progress(): void {}

  flush(): void {
    if (this.#tables.length + this.#blocks.length + this.#lines.length === 0) return;
    const or = <T>(items: readonly T[]): readonly T[] | null => (items.length === 0 ? null : items);
    const whole = { Tables: or(this.#tables), Blocks: or(this.#blocks), Lines: or(this.#lines) };
    this.#stdout.write(escapeHtml(JSON.stringify(whole, null, 4)));
  }
}

// BOSH: Go's encoding/json writes these as escapes.
function escapeHtml(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function cannotAsk(what: string): Error {
  return new Error(`Cannot ask for ${what} in JSON UI; add --non-interactive`);
}

function sorted(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
