// How long the `boti` program takes to start, and a bare Node beside it.

import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { isQuick, median, report, timed } from './support/report.ts';

const rounds = isQuick ? 5 : 20;
const boti = join(import.meta.dirname, '../bin/boti');

report('start-time/version', await startTime(boti, ['--version']), 'ms');
report('start-time/vms-help', await startTime(boti, ['vms', '--help']), 'ms');
report('start-time/bare-node', await startTime(process.execPath, ['-e', '0']), 'ms');

async function startTime(command: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push((await timed(() => runCommand(command, args))).seconds * 1000);
  }
  return median(times);
}
