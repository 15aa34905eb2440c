// npm run bench -- [name…] [--quick] [--json FILE]: runs benchmarks one after the other, each in a process of its own.
// stdout is one JSON line a figure; the table goes to stderr, all figures to bench/results/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Figure } from './support/report.ts';

/** In the order in which they run. Those that need root say so and are left out for other users. */
const benchmarks = [
  { name: 'start-time', needsRoot: false },
  { name: 'interpolate', needsRoot: false },
  { name: 'template-render', needsRoot: false },
  { name: 'has-vm', needsRoot: false },
  { name: 'upload-release', needsRoot: false },
  { name: 'create-release', needsRoot: false },
  { name: 'sync-blobs', needsRoot: false },
  { name: 'director', needsRoot: false },
  { name: 'director-large', needsRoot: false },
  { name: 'sim-agents', needsRoot: false },
  { name: 'stemcell', needsRoot: true },
  { name: 'containers', needsRoot: true },
  { name: 'create-env', needsRoot: true },
  { name: 'up', needsRoot: true },
] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const unknown = positionals.filter((name) => !benchmarks.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark '${unknown.join("', '")}'. There are: ${benchmarks.map(({ name }) => name).join(', ')}`,
  );
  process.exit(1);
}

const figures: Figure[] = [];
const failed: string[] = [];
for (const { name, needsRoot } of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  if (needsRoot && process.getuid?.() !== 0) {
    console.error(`${name} needs root: left out`);
    failed.push(name);
    continue;
  }
  console.error(`${name}:`);
  if (!(await run(name))) failed.push(name);
}
await store();
console.error(`\n${table(figures)}`);
if (failed.length > 0) console.error(`\nNot measured: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);

async function run(name: string): Promise<boolean> {
  const args = [join(import.meta.dirname, `${name}.ts`), ...(values.quick ? ['--quick'] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    figures.push(JSON.parse(line) as Figure);
  }
  const [code] = (await closed) as [number | null];
  if (code !== 0) console.error(`${name} failed`);
  return code === 0;
}

async function store(): Promise<void> {
  const directory = join(import.meta.dirname, 'results');
  await mkdir(directory, { recursive: true });
  const at = new Date().toISOString();
  const machine = { cores: availableParallelism(), memoryGib: Math.round(totalmem() / 2 ** 30), node: process.version };
  const text = `${JSON.stringify({ at, quick: values.quick, machine, figures, failed }, null, 2)}\n`;
  const files = [
    join(directory, `${at.replaceAll(':', '-')}.json`),
    ...(values.json === undefined ? [] : [values.json]),
  ];
  for (const file of files) await writeFile(file, text);
}

function table(all: readonly Figure[]): string {
  const rows = all.map(({ name, value, unit, budget, ok, load }) => [
    name,
    `${value} ${unit}`,
    budget === undefined ? '' : `≤ ${Number(budget.toPrecision(3))}`,
    ok === undefined ? '' : ok ? 'ok' : 'MISSES',
    String(load),
  ]);
  const all5 = [['figure', 'value', 'budget', '', 'load'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all5.map((row) => row[column]?.length ?? 0)));
  return all5
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
