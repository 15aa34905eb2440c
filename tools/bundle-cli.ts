/**
 * `node tools/bundle-cli.ts DIR` bundles the CLI into `DIR/boti-<digest>.cjs`, and what `boti interpolate` needs of it into
 * `interpolate-<digest>.cjs`, a tenth of the size. `boti.json` and `interpolate.json` say which file that is, and size and
 * times of every file that went into it. `cli/bin/launch.cjs` compares them before it runs a bundle.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { bundleProgram } from '@boti/bundle';

const root = join(import.meta.dirname, '..');

/** Another process may be about to load the file that the last `boti.json` names. */
const keepMs = 3_600_000;

interface Variant {
  readonly name: string;
  /** Of what is imported on demand; everything when absent. */
  readonly includes?: (path: string) => boolean;
}

const variants: readonly Variant[] = [
  { name: 'boti' },
  {
    name: 'interpolate',
    includes: (path) => /(?:run-program|commands\/index|\/interpolate|config-file-of)\.ts$/.test(path),
  },
];

async function bundleCli(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const current: string[] = [];
  for (const variant of variants) current.push(await bundleVariant(outDir, variant));
  removeOld(outDir, current);
}

/** Answers the name of the bundle. */
async function bundleVariant(outDir: string, { name, ...parts }: Variant): Promise<string> {
  const entry = join(root, 'cli/src/main.ts');
  const partial = join(outDir, `partial-${process.pid}.cjs`);
  // What changes while this runs counts as changed afterwards.
  const startedAt = Date.now();
  try {
    const how = { isMinified: true, keepsSourcePaths: true, loadsBuiltinsLate: true };
    const inputs = await bundleProgram({ entry, outfile: partial, ...how, ...parts });
    const digest = createHash('sha256').update(readFileSync(partial)).digest('hex').slice(0, 16);
    const bundle = `${name}-${digest}.cjs`;
    renameSync(partial, join(outDir, bundle));
    const real = inputs.filter((path) => !path.startsWith('left-out:')).map((path) => resolve(dirname(entry), path));
    const files = watched(real).map((path) => state(path, startedAt));
    writeAtomic(join(outDir, `${name}.json`), JSON.stringify({ bundle, files }));
    return bundle;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Sources, and what decides where an import leads. Of the dependencies their list is enough. */
function watched(inputs: readonly string[]): readonly string[] {
  const sources = inputs.filter((path) => !path.includes('/node_modules/'));
  const units = [...new Set(sources.map((path) => relative(root, path).split('/src/')[0] ?? ''))];
  const manifests = ['', ...units].map((unit) => join(root, unit, 'package.json'));
  const others = ['tools/bundle-cli.ts', 'tsconfig.json', 'node_modules/.package-lock.json'];
  return [...sources, ...manifests, ...others.map((path) => join(root, path))];
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

function removeOld(dir: string, current: readonly string[]): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (current.includes(name) || !/^(boti|interpolate|partial)-/.test(name)) continue;
    if (Date.now() - statSync(path).mtimeMs > keepMs) rmSync(path, { force: true });
  }
}

const [outDir] = process.argv.slice(2);
if (outDir === undefined) {
  console.error('Usage: node tools/bundle-cli.ts DIR');
  process.exit(2);
}
await bundleCli(outDir);
