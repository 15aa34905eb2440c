/**
 * Runs the tests: `unit` (seconds, no components), or `all` (real PostgreSQL, NATS, containers; needs root).
 * Further arguments name files to run instead of a layer's own.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';

interface Layer {
  readonly name: string;
  readonly files: readonly string[];
  readonly args: readonly string[];
}

interface Count {
  passed: number;
  failed: number;
}

const everywhere = '{packages,services,cpis}/*';
const roots = ['cli', 'stemcell-builder'];
const find = (pattern: string): string[] =>
  [...globSync(`${everywhere}/${pattern}`), ...roots.flatMap((root) => globSync(`${root}/${pattern}`))].sort();
const inSource = find('src/**/*.test.ts');
const isolated = ['--test-concurrency=2', '--test-timeout=1800000'];

const unit: Layer = {
  name: 'unit',
  files: inSource.filter((file) => !file.endsWith('-store.test.ts')),
  args: ['--test-isolation=none'],
};
const others: readonly Layer[] = [
  { name: 'stores', files: inSource.filter((file) => file.endsWith('-store.test.ts')), args: isolated },
  { name: 'processes', files: find('test/**/*.test.ts'), args: isolated },
  {
    name: 'end to end',
    files: globSync('test/**/*.test.ts').sort(),
    args: ['--test-concurrency=1', '--test-timeout=1800000'],
  },
];

const [mode = 'all', ...named] = process.argv.slice(2);
const layers =
  named.length > 0 ? [{ name: 'named', files: named, args: isolated }] : mode === 'unit' ? [unit] : [unit, ...others];
const total: Count = { passed: 0, failed: 0 };
for (const layer of layers) {
  if (layer.files.length === 0) continue;
  const count = await runLayer(layer);
  total.passed += count.passed;
  total.failed += count.failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function runLayer({ name, files, args }: Layer): Promise<Count> {
  console.log(`\n--- ${name}: ${files.length} files`);
  const started = performance.now();
  const child = spawn('bin/node', ['--test', ...args, '--test-reporter=spec', ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
  });
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    tail = (tail + chunk.toString()).slice(-100_000);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const number = (word: string): number => Number(new RegExp(`ℹ ${word} (\\d+)`).exec(tail)?.[1] ?? 0);
  const skipped = number('skipped') + number('todo');
  if (skipped > 0) console.log(`${skipped} tests were skipped: that counts as a failure`);
  const failed = number('fail') + number('cancelled') + skipped;
  console.log(`--- ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return { passed: number('pass'), failed: code === 0 || failed > 0 ? failed : 1 };
}
