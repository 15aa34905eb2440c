import { createHash, hash } from 'node:crypto';
import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { compareBytes, digestOf, digestOfFile, ExpectedError, errnoOf, formatDigest } from '@boti/core';
import { largestSmallFile, readSmallFile } from './read-small-file.ts';
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
    return `${relativePath}${await contentDigest(path, statSync(path))}${jobFileMode(path)}`;
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
  const chunks: string[] = [];
  for (const file of sorted) {
    try {
      chunks.push(await chunkOf(file));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new ExpectedError(`File '${file.path}' is missing`, { hint: 'Add it, or take it out of the spec.' });
    }
  }
  return chunks;
}

function fingerprint(chunks: readonly string[], dependencies: readonly string[]): string {
  const hash = createHash('sha256').update('v2');
  for (const chunk of chunks) hash.update(chunk);
  return hash.update(dependencies.toSorted(compareBytes).join(',')).digest('hex');
}

async function digestWithoutFollowing(path: string): Promise<{ readonly digest: string; readonly mode: string }> {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return { digest: digestOf(readlinkSync(path)), mode: 'symlink' };
  return { digest: await contentDigest(path, found), mode: modeText(found.mode) };
}

/** Most files are small: reading them at once, and waiting, takes a fraction of what promises would. */
async function contentDigest(path: string, { size }: Stats): Promise<string> {
  if (size > largestSmallFile) return await digestOfFile(path);
  return formatDigest('sha256', hash('sha256', readSmallFile(path), 'hex'));
}

function jobFileMode(path: string): string {
  const found = lstatSync(path);
  // A link's own mode is 0777 on Linux.
  return found.isSymbolicLink() ? '100755' : modeText(found.mode);
}

function modeText(mode: number): string {
  return (mode & 0o111) === 0 ? '100644' : '100755';
}
