// `boti interpolate` as it comes in a clone, on a manifest of the size of cf-deployment; against upstream's CLI where
// BOSH_CLI names one: then ratios, too. Rounds alternate, so that both meet the same load.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpolateCorpus } from './support/interpolate-corpus.ts';
import { isQuick, median, report, say } from './support/report.ts';

interface Program {
  readonly name: 'boti' | 'upstream';
  readonly path: string;
}

interface Run {
  readonly wallMs: number;
  readonly peakMb: number;
  readonly output: string;
}

const rounds = isQuick ? 3 : 15;
const upstream = process.env.BOSH_CLI ?? '';
const programs: readonly Program[] = [
  { name: 'boti', path: join(import.meta.dirname, '../bin/boti') },
  ...(upstream === '' ? [] : [{ name: 'upstream', path: upstream } as const]),
];
const folder = await mkdtemp(join(tmpdir(), 'bench-interpolate-'));
try {
  const files = interpolateCorpus();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const ops = Object.keys(files).filter((name) => name.startsWith('ops-'));
  const lines = (files['manifest.yml'] ?? '').split('\n').length - 1;
  say(`${lines} lines, ${ops.length} ops files`);
  const common = ['manifest.yml', ...ops.flatMap((name) => ['-o', name]), '-v', 'system_domain=example.com'];
  await compare('vars-file', [...common, '-l', 'values.yml'], rounds);
  // Upstream reads the store again for each variable.
  await compare('vars-store', [...common, '--vars-store', 'store.yml'], Math.ceil(rounds / 5));
} finally {
  await rm(folder, { recursive: true });
}

async function compare(scene: string, args: readonly string[], count: number): Promise<void> {
  const runs = new Map<string, Run[]>(programs.map(({ name }) => [name, []]));
  // The first round fills caches and is not counted.
  for (let round = 0; round <= count; round += 1) {
    for (const { name, path } of programs) {
      await copyFile(join(folder, 'values.yml'), join(folder, 'store.yml'));
      const run = await interpolate(path, args);
      if (round > 0) runs.get(name)?.push(run);
    }
  }
  const outputs = new Set([...runs.values()].flat().map(({ output }) => output));
  if (outputs.size !== 1) throw new Error(`${scene}: the programs' outputs differ`);
  const [ours, theirs] = programs.map(({ name }) => figuresOf(`interpolate/${scene}/${name}`, runs.get(name) ?? []));
  if (ours === undefined || theirs === undefined) return;
  report(`interpolate/${scene}/wall-ratio`, ours.wall / theirs.wall, '×');
  report(`interpolate/${scene}/memory-ratio`, ours.peak / theirs.peak, '×');
}

function figuresOf(name: string, runs: readonly Run[]): { readonly wall: number; readonly peak: number } {
  const wall = median(runs.map(({ wallMs }) => wallMs));
  const peak = median(runs.map(({ peakMb }) => peakMb));
  report(`${name}/wall`, wall, 'ms');
  report(`${name}/peak-rss`, peak, 'MB');
  return { wall, peak };
}

async function interpolate(path: string, args: readonly string[]): Promise<Run> {
  const started = performance.now();
  const child = spawn(path, ['interpolate', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let peakMb = 0;
  const look = async (): Promise<void> => {
    peakMb = Math.max(peakMb, await peakOf(child.pid ?? 0));
  };
  const looking = setInterval(() => void look(), 2);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(looking);
  if (code !== 0) throw new Error(`${path} failed with ${code}`);
  return { wallMs: performance.now() - started, peakMb, output: Buffer.concat(chunks).toString() };
}

/** The most memory that a process has had so far; 0 once it has ended. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}
