import { copyFile, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openTempDir, runCommand } from '@boti/core';
import { build } from 'esbuild';
import { sourceTree } from './source-tree.ts';
import { readVersions } from './versions.ts';

/**
 * Packs `@boti/cpi-sdk` for projects outside this repository: one JavaScript file with what it needs of boti's other
 * packages, and its types. Node runs no TypeScript from node_modules. zod stays a dependency, for its schemas cross over.
 */
export async function packSdk(tarball: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  await using temp = await openTempDir('boti-sdk-');
  const { sdk: version } = await readVersions();
  await build({
    entryPoints: [sourceTree.sdk],
    outfile: join(temp.path, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    keepNames: true,
    external: ['zod'],
    // CommonJS packages in the bundle call `require` for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  await emitTypes(temp.path, signal);
  const manifest = {
    name: '@boti/cpi-sdk',
    version,
    license: 'Apache-2.0',
    type: 'module',
    files: ['index.js', 'types'],
    exports: { '.': { types: './types/cpi-sdk/src/index.d.ts', default: './index.js' } },
    peerDependencies: { zod: '^4.0.0' },
  };
  await writeFile(join(temp.path, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const { stdout } = await runCommand('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: temp.path, signal });
  await copyFile(join(temp.path, stdout.trim()), tarball);
}

/** Declarations of the SDK and of what they mention, with relative imports in place of workspace names. */
async function emitTypes(dir: string, signal: AbortSignal): Promise<void> {
  const packages = join(sourceTree.root, 'packages');
  const types = join(dir, 'types');
  await mkdir(types);
  const config = join(dir, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: types,
    rootDir: packages,
    typeRoots: [join(sourceTree.root, 'node_modules/@types')],
  };
  const options = { extends: sourceTree.tsconfig, compilerOptions, include: [], files: sourceTree.sdkAndBelow };
  await writeFile(config, JSON.stringify(options));
  await runCommand(sourceTree.typescript, ['-p', config], { cwd: sourceTree.root, signal });
  await rm(config);
  for await (const name of glob('**/*.d.ts', { cwd: types })) {
    const file = join(types, name);
    const text = await readFile(file, 'utf8');
    const toTypes = relative(join(file, '..'), types);
    await writeFile(file, text.replaceAll(/'@boti\/([a-z-]+)'/g, `'${toTypes}/$1/src/index.ts'`));
  }
}
