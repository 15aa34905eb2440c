import { lstatSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { foldersOf, type TarInput, writeTar } from '@boti/archive';
import { ExpectedError, messageOf, openTempDir, runCommand, type TempDir } from '@boti/core';
import { fileTree } from './file-globs.ts';
import type { PackageSource, Source, SourceFile } from './sources.ts';

export interface BuildOptions {
  /** Where the archive goes. */
  readonly archive: string;
  /** The release directory, for pre_packaging. */
  readonly releaseDir: string;
  readonly gzip: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Packs a job, package or licence: members begin with `./`, packaging scripts and spec stand at the top. */
export async function buildArchive(source: Source, options: BuildOptions): Promise<void> {
  refuseOddModes(source);
  if (source.kind === 'package' && source.files.some(({ relativePath }) => relativePath === 'pre_packaging')) {
    await buildPrepared(source, options);
  } else {
    await pack(source.files, source.kind === 'job', options);
  }
}

async function pack(files: readonly SourceFile[], followsLinks: boolean, options: BuildOptions): Promise<void> {
  const paths = files.map(({ relativePath }) => relativePath);
  const folders = foldersOf(paths).map((folder): TarInput => ({ name: `./${folder}` }));
  const content = files
    .toSorted((a, b) => (a.relativePath < b.relativePath ? -1 : 1))
    .map(({ path, relativePath }): TarInput => ({ name: `./${relativePath}`, content: { path }, followsLinks }));
  await writeTar(options.archive, [{ name: './' }, ...folders, ...content], options);
}

/** Runs pre_packaging in a copy of the files and packs what it leaves there. */
async function buildPrepared(source: PackageSource, options: BuildOptions): Promise<void> {
  await using staged = await openTempDir('boti-package-');
  await stage(source.files, staged);
  const script = source.files.find(({ relativePath }) => relativePath === 'pre_packaging')?.path ?? 'pre_packaging';
  await runPrePackaging({ name: source.name, script, buildDir: staged.path }, options);
  await rm(join(staged.path, 'pre_packaging'), { force: true });
  const files = await fileTree(staged.path).match('**/*');
  await pack(files, false, options);
}

async function stage(files: readonly SourceFile[], { path }: TempDir): Promise<void> {
  for (const file of files) {
    const target = join(path, file.relativePath);
    await mkdir(dirname(target), { recursive: true });
    const found = await lstat(file.path);
    if (found.isSymbolicLink()) {
      await symlink(await readlink(file.path), target);
    } else {
      await copyFile(file.path, target);
      await chmod(target, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

interface PrePackaging {
  readonly name: string;
  /** In the package's folder. */
  readonly script: string;
  readonly buildDir: string;
}

async function runPrePackaging(
  { name, script, buildDir }: PrePackaging,
  { releaseDir, signal }: BuildOptions,
): Promise<void> {
  try {
    await runCommand('env', [`BUILD_DIR=${buildDir}`, `RELEASE_DIR=${releaseDir}`, 'bash', '-x', script], {
      cwd: buildDir,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ExpectedError(`pre_packaging of package '${name}' failed:\n${messageOf(cause)}`, { cause });
  }
}

/** A file that others may run but its owner may not would have another fingerprint once packed. */
function refuseOddModes(source: Source): void {
  for (const { path, relativePath } of source.files) {
    const mode = lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & 0o111) === 0 || (mode & 0o100) !== 0 || /^(?:pre_)?packaging$/.test(relativePath)) continue;
    throw new ExpectedError(`File '${path}' may be run by others but not by its owner`, {
      hint: `Its mode would be lost in the archive. Run: chmod u+x '${path}' (or a-x).`,
    });
  }
}
