// How long the `boti` program takes to start, and a bare Node beside it.

import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { isQuick, median, report, timed } from './support/report.ts';

const rounds = isQuick ? 5 : 20;
const boti = join(import.meta.dirname, '../bin/boti');

const node = await startTime(process.execPath, ['-e', '0']);
report('start-time/bare-node', node, 'ms');
for (const args of [['--version'], ['vms', '--help']]) {
  const name = `start-time/${args.join('-').replaceAll('--', '')}`;
  const ms = await startTime(boti, args);
  report(name, ms, 'ms');
  report(`${name}-to-bare-node`, ms / node, 'x');
}

async function startTime(command: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push((await timed(() => runCommand(command, args))).seconds * 1000);
  }
  return median(times);
}
