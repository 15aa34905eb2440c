import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { bundleProgram, copyLibraries, copyStrippedNode, librariesOfNode } from '@boti/bundle';
import { messageOf } from '@boti/core';
import type { CpiProject } from './cpi-project.ts';

export interface FolderOptions {
  /** Must not exist, or be empty. */
  readonly target: string;
  /** Where the stripped Node is kept for the next time. */
  readonly cacheDir: string;
  onProgress(text: string): void;
}

/** `bin/cpi`, and in `lib/` the program as one file with a Node of its own: it runs where only a C library is. */
export async function buildFolder(project: CpiProject, { target, cacheDir, onProgress }: FolderOptions): Promise<void> {
  const lib = join(target, 'lib');
  await mkdir(lib, { recursive: true });
  onProgress('bundling the program');
  const main = await bundlePrograms(project, lib);
  onProgress('copying Node');
  await copyStrippedNode(join(lib, 'node'), cacheDir);
  const libraries = await librariesOfNode();
  const isSafeEverywhere = (name: string): boolean => name.startsWith('libatomic');
  await copyLibraries(
    libraries.filter(({ name }) => isSafeEverywhere(name)),
    join(lib, 'shared'),
  );
  await copyLibraries(
    libraries.filter(({ name }) => !isSafeEverywhere(name)),
    join(lib, 'fallback'),
  );
  await mkdir(join(target, 'bin'), { recursive: true });
  await writeFile(join(target, 'bin/cpi'), starter(main));
  await chmod(join(target, 'bin/cpi'), 0o755);
}

/** Returns the name of the CPI's own file. */
async function bundlePrograms(project: CpiProject, lib: string): Promise<string> {
  const programs = {
    cpi: project.main,
    ...Object.fromEntries(project.programs.map((path) => [parse(path).name, path])),
  };
  const bundleAll = async (format: 'cjs' | 'esm', extension: string): Promise<string> => {
    for (const [name, entry] of Object.entries(programs)) {
      const outfile = join(lib, `${name}.${extension}`);
      await bundleProgram({ entry, outfile, isMinified: true, hasFilesBeside: true, format, loadsBuiltinsLate: true });
    }
    return `cpi.${extension}`;
  };
  try {
    return await bundleAll('cjs', 'cjs');
  } catch (error) {
    if (!messageOf(error).includes('Top-level await')) throw error;
    for (const name of Object.keys(programs)) await rm(join(lib, `${name}.cjs`), { force: true });
    return await bundleAll('esm', 'mjs');
  }
}

// libstdc++ of the machine comes first: ours may want a newer C library than the machine has. libatomic wants an old one
// only, and many machines lack it.
const starter = (main: string): string => `#!/bin/sh
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
lib=\${self%/*}/../lib
shared=$lib/shared
has_own() {
  for file in /usr/lib/*/libstdc++.so.6 /usr/lib64/libstdc++.so.6 /usr/lib/libstdc++.so.6; do
    [ -e "$file" ] && return 0
  done
  return 1
}
has_own || shared=$shared:$lib/fallback
export LD_LIBRARY_PATH="$shared\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$lib/node" "$lib/${main}" "$@"
`;
