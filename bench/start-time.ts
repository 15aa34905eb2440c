// How long the `boti` program and a packaged CPI take to start, and a bare Node beside them. CPU tells more on a busy machine.

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { Cleanups } from './support/cleanups.ts';
import { isQuick, median, report, timed } from './support/report.ts';

const rounds = isQuick ? 5 : 20;
const root = join(import.meta.dirname, '..');
const boti = join(root, 'bin/boti');

await using cleanups = new Cleanups();
const dir = await tempDir(cleanups);
await runCommand(boti, ['cpi', 'package', join(root, 'cpis/container'), '--output', dir, '--no-release']);
const config = join(dir, 'cpi.json');
await writeFile(config, JSON.stringify({ stateDir: join(dir, 'state') }));
const info = '{"method":"info","arguments":[],"context":{"director_uuid":"bench"}}';

const node = await measure('bare-node', process.execPath, ['-e', '0']);
for (const args of [['--version'], ['vms', '--help']]) {
  await measure(args.join('-').replaceAll('--', ''), boti, args);
}
await measure('packaged-cpi', join(dir, 'container-cpi/bin/cpi'), ['--config', config]);

async function measure(name: string, command: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  await runCommand(command, args, { input: info });
  const cpuBefore = cpuMsOfChildren();
  for (let round = 0; round < rounds; round += 1) {
    times.push((await timed(() => runCommand(command, args, { input: info }))).seconds * 1000);
  }
  const cpu = (cpuMsOfChildren() - cpuBefore) / rounds;
  report(`start-time/${name}`, median(times), 'ms');
  report(`start-time/${name}-cpu`, cpu, 'ms');
  if (name !== 'bare-node') report(`start-time/${name}-to-bare-node`, median(times) / node, 'x');
  return median(times);
}

/** Of all that have ended; the kernel counts in hundredths of a second. */
function cpuMsOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
