import { basename, join } from 'node:path';
import { ExpectedError, isThere, readIfThere } from '@boti/core';
import { z } from 'zod';
import { type CheckedFile, readChecked } from '../formats/read-checked.ts';
import type { FileTree, TreeFile } from './file-globs.ts';
import { isPackagingScript } from './fingerprint.ts';
import type { PackageSource, SourceFile } from './sources.ts';

const list = z
  .array(z.union([z.string(), z.number()]).transform(String))
  .nullish()
  .transform((items) => items ?? []);

const packageSpec = z.object({
  name: z.string(),
  dependencies: list,
  files: list,
  excluded_files: list,
  no_compression: z.boolean().nullish(),
});
const packageLock = z.object({ name: z.string(), fingerprint: z.string(), dependencies: list });

function checkedFile<S extends z.ZodObject>(what: string, schema: S): CheckedFile<S> {
  return {
    what,
    schema,
    shape: { keys: Object.fromEntries(Object.keys(schema.shape).map((key) => [key, 'anything'])) },
  };
}

const specFile = checkedFile('Package spec', packageSpec);
const lockFile: CheckedFile<typeof packageLock> = {
  ...checkedFile('Package lock', packageLock),
  options: { numbersAsText: true },
};

export interface Trees {
  readonly src: FileTree;
  readonly blobs: FileTree;
}

/** Reads packages/NAME: its spec and the files it takes from src/ and blobs/, or its spec.lock. */
export async function readPackageSource(dir: string, trees: Trees): Promise<PackageSource> {
  return (await readLock(dir)) ?? (await readSpec(dir, trees));
}

async function readLock(dir: string): Promise<PackageSource | undefined> {
  const path = join(dir, 'spec.lock');
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { data: lock, warnings } = readChecked(text, path, lockFile);
  return {
    kind: 'package',
    name: lock.name,
    dependencies: lock.dependencies,
    files: [],
    noCompression: false,
    lock: { fingerprint: lock.fingerprint },
    warnings,
  };
}

async function readSpec(dir: string, trees: Trees): Promise<PackageSource> {
  const path = join(dir, 'spec');
  const text = await readIfThere(path);
  if (text === undefined) {
    throw new ExpectedError(`Package '${basename(dir)}' has no spec: '${path}' is missing`, {
      hint: 'Make one with generate-package, or delete the folder.',
    });
  }
  const { data: spec, warnings } = readChecked(text, path, specFile);
  const files = await collectFiles(spec.name, { files: spec.files, excluded: spec.excluded_files }, trees);
  return {
    kind: 'package',
    name: spec.name,
    dependencies: spec.dependencies,
    files: [...files, ...(await packagingScripts(dir, spec.name))],
    noCompression: spec.no_compression === true,
    lock: undefined,
    warnings,
  };
}

interface Patterns {
  readonly files: readonly string[];
  readonly excluded: readonly string[];
}

/** The first hit for a path wins: earlier patterns before later ones, src/ before blobs/. */
async function collectFiles(name: string, patterns: Patterns, trees: Trees): Promise<readonly SourceFile[]> {
  const chosen = new Map<string, TreeFile>();
  const unmatched: string[] = [];
  const hitsOf = async (pattern: string) => [
    ...(await trees.src.match(pattern)),
    ...(await trees.blobs.match(pattern)),
  ];
  for (const pattern of patterns.files) {
    const hits = await hitsOf(pattern);
    if (hits.length === 0) unmatched.push(pattern);
    for (const file of hits.toReversed().filter(({ relativePath }) => !chosen.has(relativePath))) {
      chosen.set(file.relativePath, file);
    }
  }
  if (unmatched.length > 0) throw missingFiles(name, unmatched);
  for (const pattern of patterns.excluded) {
    for (const file of await hitsOf(pattern)) chosen.delete(file.relativePath);
  }
  const special = [...chosen.keys()].find(isPackagingScript);
  if (special === undefined) return [...chosen.values()];
  throw new ExpectedError(`Package '${name}' takes a file called '${special}' by its 'files'; that name is reserved`, {
    hint: `Rename the file in src/ or blobs/; the package's own '${special}' is included anyway.`,
  });
}

function missingFiles(name: string, patterns: readonly string[]): ExpectedError {
  const listed = patterns.map((pattern) => `'${pattern}'`).join(', ');
  return new ExpectedError(`Package '${name}': no file in src/ or blobs/ matches ${listed}`, {
    hint: "Folders do not count: to take a folder's files write 'folder/**/*'. Blobs may need sync-blobs.",
  });
}

async function packagingScripts(dir: string, name: string): Promise<readonly SourceFile[]> {
  const packaging = join(dir, 'packaging');
  if (!(await isThere(packaging))) {
    throw new ExpectedError(`Package '${name}' has no packaging script: '${packaging}' is missing`);
  }
  const prePackaging = join(dir, 'pre_packaging');
  const scripts = [{ path: packaging, relativePath: 'packaging' }];
  if (await isThere(prePackaging)) scripts.push({ path: prePackaging, relativePath: 'pre_packaging' });
  return scripts;
}
