import { createHash } from 'node:crypto';
import { lstat, readlink } from 'node:fs/promises';
import { compareBytes, digestOf, digestOfFile, ExpectedError, errnoOf, mapConcurrent } from '@boti/core';
import type { JobSource, LicenseSource, PackageSource, Source, SourceFile } from './sources.ts';

// BOSH: bosh-cli release/resource/fingerprint.go. Nothing separates the parts; the files are in order of their paths.

/** A package: its files, packaging scripts without mode, and the names of its dependencies. */
export async function packageFingerprint(source: PackageSource): Promise<string> {
  if (source.lock !== undefined) return source.lock.fingerprint;
  const chunks = await fileChunks(source.files, async ({ relativePath, path }) => {
    const { digest, mode } = await digestWithoutFollowing(path);
    return `${relativePath}${digest}${isPackagingScript(relativePath) ? '' : mode}`;
  });
  return fingerprint(chunks, source.dependencies);
}

/** A job: spec (as job.MF), monit, properties_schema.json and the templates it names. Links count as executable. */
export async function jobFingerprint(source: JobSource): Promise<string> {
  const chunks = await fileChunks(source.files, async ({ relativePath, path }) => {
    return `${relativePath}${await digestOfFile(path)}${await jobFileMode(path)}`;
  });
  return fingerprint(chunks, []);
}

export async function sourceFingerprint(source: Source): Promise<string> {
  if (source.kind === 'package') return await packageFingerprint(source);
  return source.kind === 'job' ? await jobFingerprint(source) : await licenseFingerprint(source);
}

/** The licence: basenames and contents of LICENSE* and NOTICE*. */
export async function licenseFingerprint(source: LicenseSource): Promise<string> {
  const chunks = await fileChunks(source.files, async ({ relativePath, path }) => {
    const { digest } = await digestWithoutFollowing(path);
    return `${relativePath}${digest}`;
  });
  return fingerprint(chunks, []);
}

export function isPackagingScript(relativePath: string): boolean {
  return relativePath === 'packaging' || relativePath === 'pre_packaging';
}

async function fileChunks(
  files: readonly SourceFile[],
  chunkOf: (file: SourceFile) => Promise<string>,
): Promise<readonly string[]> {
  const sorted = files.toSorted((a, b) => compareBytes(a.relativePath, b.relativePath));
  return await mapConcurrent(sorted, 16, async (file) => {
    try {
      return await chunkOf(file);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new ExpectedError(`File '${file.path}' is missing`, { hint: 'Add it, or take it out of the spec.' });
    }
  });
}

function fingerprint(chunks: readonly string[], dependencies: readonly string[]): string {
  const hash = createHash('sha256').update('v2');
  for (const chunk of chunks) hash.update(chunk);
  return hash.update(dependencies.toSorted(compareBytes).join(',')).digest('hex');
}

async function digestWithoutFollowing(path: string): Promise<{ readonly digest: string; readonly mode: string }> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return { digest: digestOf(await readlink(path)), mode: 'symlink' };
  return { digest: await digestOfFile(path), mode: modeText(found.mode) };
}

async function jobFileMode(path: string): Promise<string> {
  const found = await lstat(path);
  // A link's own mode is 0777 on Linux.
  return found.isSymbolicLink() ? '100755' : modeText(found.mode);
}

function modeText(mode: number): string {
  return (mode & 0o111) === 0 ? '100644' : '100755';
}
