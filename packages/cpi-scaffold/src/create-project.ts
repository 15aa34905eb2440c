import { chmod, cp, glob, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ExpectedError, openTempDir, runCommand } from '@boti/core';
import { packSdk } from './pack-sdk.ts';
import { sourceTree } from './source-tree.ts';
import { readVersions } from './versions.ts';

export interface NewProject {
  /** Of the cloud: `nimbus`. Becomes the key of its properties in cpi.json and part of the job's name. */
  readonly name: string;
  /** Folder of the project; it must not be there yet, or be empty. */
  readonly dir: string;
  /** Runs `npm install` in it too. */
  readonly install: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface CreatedProject {
  readonly dir: string;
  readonly files: readonly string[];
}

/** Makes a project for a CPI that works: it speaks to the example cloud in it. Nothing is left when it fails. */
export async function createProject(project: NewProject): Promise<CreatedProject> {
  const { name, signal, onProgress } = project;
  const dir = resolve(project.dir);
  checkName(name);
  await refuseFull(dir);
  await mkdir(dirname(dir), { recursive: true });
  await using staging = await openTempDir(`.${name}-`, dirname(dir));
  await layTemplate(staging.path, name);
  onProgress('packing the SDK');
  await mkdir(join(staging.path, 'vendor'));
  await packSdk(join(staging.path, 'vendor/boti-cpi-sdk.tgz'), { signal });
  const files = (await Array.fromAsync(glob('**/*', { cwd: staging.path }))).toSorted();
  if (project.install) {
    onProgress('npm install');
    await runCommand('npm', ['install', '--no-audit', '--no-fund'], { cwd: staging.path, signal });
  }
  await rm(dir, { recursive: true, force: true });
  await chmod(staging.path, 0o755);
  await rename(staging.path, dir);
  return { dir, files };
}

function checkName(name: string): void {
  if (/^[a-z][a-z0-9_]{0,29}$/.test(name)) return;
  throw new ExpectedError(`'${name}' cannot be the name of a CPI`, {
    hint: "Take lower-case letters, digits and '_', with a letter first: it becomes part of a job's and of files' names.",
  });
}

async function refuseFull(dir: string): Promise<void> {
  const found = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new ExpectedError(`The project cannot be in ${dir}: ${error.message}`, { cause: error });
  });
  if (found.length === 0) return;
  throw new ExpectedError(`${dir} is there already and not empty`, { hint: 'Name another folder, or remove it.' });
}

async function layTemplate(dir: string, name: string): Promise<void> {
  const versions = await readVersions();
  const words: Readonly<Record<string, string>> = {
    CPI_NAME: name,
    TYPES_NODE_VERSION: versions.typesNode,
    TYPESCRIPT_VERSION: versions.typescript,
    ZOD_VERSION: versions.zod,
    NODE_VERSION: versions.node,
  };
  await cp(sourceTree.template, dir, { recursive: true });
  // npm would take a .gitignore of the template for its own.
  await rename(join(dir, 'gitignore'), join(dir, '.gitignore'));
  for await (const path of glob('**/*', { cwd: dir, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const file = join(path.parentPath, path.name);
    const text = await readFile(file, 'utf8');
    const filled = text.replaceAll(/[A-Z_]+/g, (word) => (Object.hasOwn(words, word) ? (words[word] ?? '') : word));
    if (filled !== text) await writeFile(file, filled);
  }
}
