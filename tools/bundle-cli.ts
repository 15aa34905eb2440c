/**
 * `node tools/bundle-cli.ts DIR` bundles the CLI into `DIR/boti-<digest>.cjs` and writes `inputs.json`: which file that is,
 * and size and times of every file that went into it. `cli/bin/launch.cjs` compares them before it runs the bundle.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { bundleProgram } from '@boti/bundle';

const root = join(import.meta.dirname, '..');

/** Another process may be about to load the file that the last `inputs.json` names. */
const keepMs = 3_600_000;

async function bundleCli(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const entry = join(root, 'cli/src/main.ts');
  const partial = join(outDir, `partial-${process.pid}.cjs`);
  // What changes while this runs counts as changed afterwards.
  const startedAt = Date.now();
  try {
    const inputs = await bundleProgram({ entry, outfile: partial, isMinified: true, keepsSourcePaths: true });
    const digest = createHash('sha256').update(readFileSync(partial)).digest('hex').slice(0, 16);
    const bundle = `boti-${digest}.cjs`;
    renameSync(partial, join(outDir, bundle));
    const files = watched(inputs.map((path) => resolve(dirname(entry), path)));
    writeAtomic(
      join(outDir, 'inputs.json'),
      JSON.stringify({ bundle, files: files.map((path) => state(path, startedAt)) }),
    );
    removeOld(outDir, bundle);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Sources, and what decides where an import leads. Of the dependencies their list is enough. */
function watched(inputs: readonly string[]): readonly string[] {
  const sources = inputs.filter((path) => !path.includes('/node_modules/'));
  const units = [...new Set(sources.map((path) => relative(root, path).split('/src/')[0] ?? ''))];
  const manifests = ['', ...units].map((unit) => join(root, unit, 'package.json'));
  return [...sources, ...manifests, join(root, 'tsconfig.json'), join(root, 'node_modules/.package-lock.json')];
}

type FileState = readonly [path: string, size: number, mtimeMs: number, ctimeMs: number];

function state(path: string, startedAt: number): FileState {
  const { size, mtimeMs, ctimeMs } = statSync(path);
  const isNewer = ctimeMs >= startedAt;
  return [relative(root, path), isNewer ? -1 : size, mtimeMs, ctimeMs];
}

function writeAtomic(path: string, text: string): void {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

function removeOld(dir: string, current: string): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (name === current || !/^(boti|partial)-/.test(name)) continue;
    if (Date.now() - statSync(path).mtimeMs > keepMs) rmSync(path, { force: true });
  }
}

const [outDir] = process.argv.slice(2);
if (outDir === undefined) {
  console.error('Usage: node tools/bundle-cli.ts DIR');
  process.exit(2);
}
await bundleCli(outDir);
