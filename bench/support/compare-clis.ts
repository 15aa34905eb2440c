import { join } from 'node:path';
import { type Measured, measureCommand } from './measure-command.ts';
import { median, report } from './report.ts';

export interface CliComparison {
  readonly name: string;
  readonly args: readonly string[];
  /** HOME of both; it is the command's own to fill. */
  readonly home: string;
  readonly rounds: number;
  /** Run each once before, so that caches are full. */
  readonly isWarm?: boolean;
  /** Where upstream's cannot do it. */
  readonly isOursOnly?: boolean;
  /** Called before each run. */
  prepare(home: string): Promise<void>;
}

const boti = join(import.meta.dirname, '../../bin/boti');

/** Runs boti and, where BOSH_CLI names one, upstream's CLI in turn; reports medians and their ratios. */
export async function compareClis(comparison: CliComparison): Promise<void> {
  const upstream = comparison.isOursOnly === true ? undefined : process.env.BOSH_CLI;
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  if (comparison.isWarm === true) await runBoth(comparison, upstream);
  for (let round = 0; round < comparison.rounds; round += 1) {
    const [mine, other] = await runBoth(comparison, upstream);
    ours.push(mine);
    if (other !== undefined) theirs.push(other);
  }
  const measures = [
    ['seconds', 'wall', 's'],
    ['cpuSeconds', 'cpu', 'CPU-s'],
    ['megabytes', 'memory', 'MB'],
  ] as const;
  for (const [key, title, unit] of measures) {
    const value = median(ours.map((one) => one[key]));
    report(`${comparison.name}/${title}`, value, unit);
    if (theirs.length > 0)
      report(`${comparison.name}/${title}-to-upstream`, value / median(theirs.map((one) => one[key])), 'x');
  }
}

async function runBoth(
  comparison: CliComparison,
  upstream: string | undefined,
): Promise<readonly [Measured, Measured | undefined]> {
  const mine = await run(boti, `${comparison.home}-boti`, comparison);
  if (upstream === undefined) return [mine, undefined];
  return [mine, await run(upstream, `${comparison.home}-bosh`, comparison)];
}

async function run(command: string, home: string, { args, prepare }: CliComparison): Promise<Measured> {
  await prepare(home);
  return await measureCommand({ command, args, env: { HOME: home } });
}
