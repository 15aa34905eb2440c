import { messageOf } from '@boti/core';

/** Where progress goes; `begin` stays on its line until `end` completes it. */
export interface StageOutput {
  begin(text: string): void;
  end(text: string): void;
  /** A line of its own, whatever stands open. */
  remark(text: string): void;
}

/** Steps that are told as they go, with the time each took. */
export interface Stage {
  /** One step: `Compiling package 'x'... Finished (00:00:01)`. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A step that has nothing to do. */
  skip(name: string, reason: string): void;
  /** A step that may turn out to have nothing to do: `work` answers the reason. */
  stepOrSkip(name: string, work: () => Promise<string | undefined>): Promise<void>;
  /** Several steps under one heading: `Started deploying`. */
  group<T>(name: string, work: (stage: Stage) => Promise<T>): Promise<T>;
  line(text: string): void;
}

export interface StepTiming {
  readonly name: string;
  readonly seconds: number;
}

export interface StageOptions {
  readonly output: StageOutput;
  readonly now?: () => number;
  /** Called with each step as it ends, also those in groups. */
  readonly onStep?: (timing: StepTiming) => void;
}

export function openStage(options: StageOptions): Stage {
  return new TextStage(options, '', { isFirst: true });
}

class TextStage implements Stage {
  readonly #options: StageOptions;
  readonly #indent: string;
  readonly #place: { isFirst: boolean };

  constructor(options: StageOptions, indent: string, place: { isFirst: boolean }) {
    this.#options = options;
    this.#indent = indent;
    this.#place = place;
  }

  line(text: string): void {
    this.#options.output.begin(`${text}\n`);
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#run(name, async () => ({ value: await work() }));
  }

  skip(name: string, reason: string): void {
    this.#open();
    const { output } = this.#options;
    output.begin(`${this.#indent}${name}...`);
    output.end(` Skipped [${reason}] (00:00:00)`);
  }

  async stepOrSkip(name: string, work: () => Promise<string | undefined>): Promise<void> {
    await this.#run(name, async () => ({ value: undefined, skipped: await work() }));
  }

  async group<T>(name: string, work: (stage: Stage) => Promise<T>): Promise<T> {
    const elapsed = this.#startTimer();
    const { output } = this.#options;
    output.begin('\n');
    output.begin(`Started ${name}\n`);
    this.#place.isFirst = true;
    try {
      const result = await work(new TextStage(this.#options, `${this.#indent}  `, { isFirst: false }));
      output.begin(`Finished ${name} (${clockText(elapsed())})\n`);
      return result;
    } catch (error) {
      output.begin(`Failed ${name} (${clockText(elapsed())})\n`);
      throw error;
    }
  }

  async #run<T>(name: string, work: () => Promise<{ value: T; skipped?: string | undefined }>): Promise<T> {
    this.#open();
    const elapsed = this.#startTimer();
    const { output, onStep } = this.#options;
    output.begin(`${this.#indent}${name}...`);
    try {
      const { value, skipped } = await work();
      const result = skipped === undefined ? 'Finished' : `Skipped [${skipped}]`;
      output.end(` ${result} (${clockText(elapsed())})`);
      onStep?.({ name, seconds: elapsed() / 1000 });
      return value;
    } catch (error) {
      output.end(` Failed (${clockText(elapsed())})`);
      throw error;
    }
  }

  /** An empty line stands before the first of several steps that are in no group. */
  #open(): void {
    if (this.#indent === '' && this.#place.isFirst) this.#options.output.begin('\n');
    this.#place.isFirst = false;
  }

  #startTimer(): () => number {
    const { now = Date.now } = this.#options;
    const startedAt = now();
    return () => now() - startedAt;
  }
}

function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** The text of an error for a remark: one line. */
export function oneLine(error: unknown): string {
  return messageOf(error).split('\n').join(' ');
}
