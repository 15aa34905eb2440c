import { readFileSync } from 'node:fs';
import { budgetOf } from './budgets.ts';

/** One measured value, as it is printed: one JSON line each. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this; absent where the figure is for information. */
  readonly budget?: number;
  readonly ok?: boolean;
  /** Processes that were running or waiting in the last minute: above the number of cores, times tell little. */
  readonly load: number;
  readonly at: string;
}

export function report(name: string, value: number, unit: string): void {
  const budget = budgetOf(name);
  const rounded = Number(value.toPrecision(3));
  const verdict = budget === undefined ? {} : { budget, ok: value <= budget };
  const figure: Figure = { name, value: rounded, unit, ...verdict, load: load(), at: new Date().toISOString() };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** Says on stderr what goes on. */
export function say(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

function load(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}

/** True in a quick run: fewer rounds, smaller sizes. */
export const isQuick: boolean = process.argv.includes('--quick');

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}
