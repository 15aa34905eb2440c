import { renderTable, selectColumns, type Table, type TableStyle } from './table.ts';

/** What commands say and ask. Each mode (terminal, pipe, JSON) shows the parts that fit it. */
export interface Ui {
  /** A line for people: dropped where the output goes to a program. */
  line(text: string): void;
  /** As `line`, but without a line break, and not set apart from what comes before and after. */
  raw(text: string): void;
  /** As `raw`, and ends the line. */
  endRaw(text: string): void;
  /** A line that is always shown: how a long step goes on. */
  report(text: string): void;
  /** As `raw`, but always shown: the steps of create-env. */
  stage(text: string): void;
  /** As `stage`, and ends the line. */
  endStage(text: string): void;
  /** Output proper: manifests, task events. Always shown, as it is. */
  block(text: string): void;
  /** As `block`, for what went wrong. */
  errorBlock(text: string): void;
  errorLine(text: string): void;
  /** A remark for people, on stderr in every mode. */
  remark(text: string): void;
  table(table: Table): void;
  /** Returns if the answer is yes; throws Stopped if it is no. */
  confirm(question?: string): Promise<void>;
  ask(label: string, fallback?: string): Promise<string>;
  askSecret(label: string): Promise<string>;
  /** Returns the index of the chosen option. */
  choose(label: string, options: readonly string[]): Promise<number>;
  /** Shows how much of `total` is done; only on a terminal. */
  progress(done: number, total: number): void;
  readonly isInteractive: boolean;
  /** Writes what was held back. */
  flush(): void;
}

export interface Output {
  write(text: string): unknown;
}

export interface UiOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly isTty: boolean;
  readonly hasColour: boolean;
  readonly columns: readonly string[];
  readonly prompts: Prompts;
  readonly isInteractive: boolean;
}

/** Where answers come from. */
export interface Prompts {
  confirm(label: string): Promise<boolean>;
  ask(label: string): Promise<string>;
  askSecret(label: string): Promise<string>;
}

type Padding = 'none' | 'raw' | 'auto' | 'ask' | 'report';

const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`;
const red = (text: string): string => `\u001b[31m${text}\u001b[0m`;
const green = (text: string): string => `\u001b[32m${text}\u001b[0m`;
const plain = (text: string): string => text;

/** Output to a terminal or a pipe. Parts of different kinds are set apart by an empty line. */
export class TextUi implements Ui {
  readonly #options: UiOptions;
  readonly #style: TableStyle;
  #previous: Padding = 'none';

  constructor(options: UiOptions) {
    this.#options = options;
    this.#style = {
      isTty: options.isTty,
      bold: options.hasColour ? bold : plain,
      tone: (tone, text) => (options.hasColour ? (tone === 'good' ? green : red)(text) : text),
    };
  }

  get isInteractive(): boolean {
    return this.#options.isInteractive;
  }

  line(text: string): void {
    if (!this.#options.isTty) return;
    this.#pad('auto');
    this.#options.stdout.write(`${text}\n`);
  }

  raw(text: string): void {
    if (!this.#options.isTty) return;
    this.#pad('raw');
    this.#options.stdout.write(text);
  }

  endRaw(text: string): void {
    this.raw(`${text}\n`);
  }

  report(text: string): void {
    this.#pad('report');
    this.#options.stdout.write(`${text}\n`);
  }

  stage(text: string): void {
    this.#pad('raw');
    this.#options.stdout.write(text);
  }

  endStage(text: string): void {
    this.stage(`${text}\n`);
  }

  block(text: string): void {
    this.#pad('raw');
    this.#options.stdout.write(text);
  }

  errorBlock(text: string): void {
    this.block(this.#options.hasColour ? red(text) : text);
  }

  errorLine(text: string): void {
    this.#pad('auto');
    this.#options.stderr.write(`${this.#options.hasColour ? red(text) : text}\n`);
  }

  remark(text: string): void {
    this.#options.stderr.write(`${text}\n`);
  }

  table(table: Table): void {
    this.#pad('auto');
    this.#options.stdout.write(renderTable(selectColumns(table, this.#options.columns), this.#style));
  }

  async confirm(question = 'Continue?'): Promise<void> {
    if (!this.isInteractive) return;
    this.#pad('auto');
    if (!(await this.#options.prompts.confirm(question))) throw new Stopped();
  }

  async ask(label: string, fallback = ''): Promise<string> {
    this.#pad('ask');
    return (await this.#options.prompts.ask(`${label} (${fallback}): `)) || fallback;
  }

  async askSecret(label: string): Promise<string> {
    this.#pad('ask');
    return await this.#options.prompts.askSecret(`${label} (): `);
  }

  async choose(label: string, options: readonly string[]): Promise<number> {
    this.#pad('auto');
    this.#options.stdout.write(options.map((option, index) => `${index + 1}: ${option}\n`).join(''));
    for (;;) {
      const answer = Number(await this.#options.prompts.ask(`${label} (1): `)) || 1;
      if (Number.isInteger(answer) && answer >= 1 && answer <= options.length) return answer - 1;
    }
  }

  progress(done: number, total: number): void {
    // Nothing to show of how much when nobody said how much it is.
    if (!this.#options.isTty || total === 0) return;
    if (done === 0) this.#pad('raw');
    const share = done / total;
    const filled = Math.floor(share * barWidth);
    const bar = '#'.repeat(filled) + '-'.repeat(barWidth - filled);
    this.#options.stdout.write(`\r[${bar}] ${(share * 100).toFixed(2).padStart(6)}%${done >= total ? '\n' : ''}`);
  }

  flush(): void {}

  #pad(next: Padding): void {
    const areTogether = this.#previous === next && next !== 'auto';
    if (this.#previous !== 'none' && !areTogether) this.#options.stdout.write('\n');
    this.#previous = next;
  }
}

const barWidth = 50;

/** The answer to "Continue?" was no. */
export class Stopped extends Error {
  constructor() {
    super('Stopped');
  }
}
