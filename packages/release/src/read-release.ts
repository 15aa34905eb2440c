import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArchiveInvalid, readTar, type TarMember } from '@boti/archive';
import { type DigestAlgorithm, DigestMismatch, formatDigest, strongestDigest, verifyFileDigest } from '@boti/core';
import {
  parseReleaseManifest,
  type ReleaseCompiledPackageEntry,
  type ReleaseJobEntry,
  type ReleaseLicenseEntry,
  type ReleaseManifest,
  type ReleasePackageEntry,
} from './formats/release-manifest.ts';

/** What was unpacked. `path` is undefined when the tarball lacks the archive, as in an upload of missing parts only. */
export interface ExtractedRelease {
  readonly manifest: ReleaseManifest;
  readonly manifestText: string;
  readonly jobs: readonly (ReleaseJobEntry & Extracted)[];
  readonly packages: readonly (ReleasePackageEntry & Extracted)[];
  readonly compiledPackages: readonly (ReleaseCompiledPackageEntry & Extracted)[];
  readonly license: (ReleaseLicenseEntry & Extracted) | undefined;
  /** LICENSE* and NOTICE* that stand beside the archives. */
  readonly licenseFiles: readonly { readonly name: string; readonly path: string }[];
  /** True if release.MF has `compiled_packages`. */
  readonly isCompiled: boolean;
}

export interface Extracted {
  readonly path: string | undefined;
}

const largestManifest = 64 * 2 ** 20;
/** Jobs, packages and what stands beside them. */
const mostMembers = 5000;

/** Reads only release.MF, which stands first in tarballs made by `create-release`. */
export async function readReleaseManifest(tarball: string, signal?: AbortSignal): Promise<ReleaseManifest> {
  let text: string | undefined;
  await readTar(
    tarball,
    async (member) => {
      if (member.path !== 'release.MF') return;
      text = (await memberContent(tarball, member, largestManifest)).toString();
      return 'stop';
    },
    { signal, allowsSymlinks: true },
  );
  if (text === undefined) throw new ArchiveInvalid(tarball, 'has no release.MF: it is not a release');
  return parseReleaseManifest(text, `${tarball}:release.MF`);
}

/** Reads a whole release tarball and throws unless every archive in it has the digest that release.MF promises. */
export async function verifyRelease(tarball: string, signal?: AbortSignal): Promise<ReleaseManifest> {
  const sums = new Map<string, Sums>();
  let text: string | undefined;
  await readTar(
    tarball,
    async (member) => {
      if (member.path === 'release.MF') {
        text = (await memberContent(tarball, member, largestManifest)).toString();
      } else if (member.type === 'file') sums.set(member.path, await sumsOf(member.content));
    },
    { signal, maximumMembers: mostMembers },
  );
  if (text === undefined) throw new ArchiveInvalid(tarball, 'has no release.MF: it is not a release');
  const manifest = parseReleaseManifest(text, `${tarball}:release.MF`);
  for (const { member, digest } of archivesOf(manifest)) {
    const found = sums.get(member);
    if (found !== undefined) requireDigest(`'${member}' in '${tarball}'`, digest, found);
  }
  return manifest;
}

type Sums = Readonly<Record<DigestAlgorithm, string>>;

async function sumsOf(content: Readable): Promise<Sums> {
  const [sha1, sha256, sha512] = [createHash('sha1'), createHash('sha256'), createHash('sha512')];
  for await (const chunk of content) for (const hash of [sha1, sha256, sha512]) hash.update(chunk as Buffer);
  return { sha1: sha1.digest('hex'), sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

function requireDigest(what: string, expected: string, sums: Sums): void {
  const { algorithm, hex } = strongestDigest(expected);
  if (sums[algorithm] === hex) return;
  throw new DigestMismatch(what, formatDigest(algorithm, hex), formatDigest(algorithm, sums[algorithm]));
}

function archivesOf(manifest: ReleaseManifest): readonly { readonly member: string; readonly digest: string }[] {
  const entry =
    (folder: string) =>
    ({ name, sha1 }: { readonly name: string; readonly sha1: string }) => ({
      member: `${folder}${name}.tgz`,
      digest: sha1,
    });
  return [
    ...manifest.jobs.map(entry('jobs/')),
    ...(manifest.packages ?? []).map(entry('packages/')),
    ...(manifest.compiled_packages ?? []).map(entry('compiled_packages/')),
    ...(manifest.license == null ? [] : [{ name: 'license', ...manifest.license }].map(entry(''))),
  ];
}

/** Unpacks a release tarball into `dir`, streaming, and checks each archive's digest against release.MF. */
export async function extractRelease(tarball: string, dir: string, signal?: AbortSignal): Promise<ExtractedRelease> {
  const found = new Map<string, string>();
  await readTar(
    tarball,
    async (member) => {
      if (member.type !== 'file' || !isReleasePart(member.path)) return;
      const path = join(dir, member.path);
      await mkdir(dirname(path), { recursive: true });
      await pipeline(member.content, createWriteStream(path, { mode: 0o600 }));
      found.set(member.path, path);
    },
    { signal, maximumMembers: mostMembers },
  );
  const manifestPath = found.get('release.MF');
  if (manifestPath === undefined) throw new ArchiveInvalid(tarball, 'has no release.MF: it is not a release');
  const manifestText = await readFile(manifestPath, 'utf8');
  const manifest = parseReleaseManifest(manifestText, `${tarball}:release.MF`);
  const located = await locate(tarball, manifest, { found, signal });
  const licenseFiles = [...found].filter(([name]) => isLicenseFile(name)).map(([name, path]) => ({ name, path }));
  return { manifest, manifestText, isCompiled: manifest.compiled_packages != null, licenseFiles, ...located };
}

function isLicenseFile(path: string): boolean {
  return /^(?:LICENSE|NOTICE)[^/]*$/.test(path);
}

function isReleasePart(path: string): boolean {
  return (
    path === 'release.MF' ||
    /^(?:jobs|packages|compiled_packages)\/[^/]+\.tgz$/.test(path) ||
    path === 'license.tgz' ||
    isLicenseFile(path)
  );
}

interface Found {
  readonly found: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
}

async function locate(
  tarball: string,
  manifest: ReleaseManifest,
  { found, signal }: Found,
): Promise<Pick<ExtractedRelease, 'jobs' | 'packages' | 'compiledPackages' | 'license'>> {
  const check = async <T extends { readonly sha1: string }>(entry: T, member: string): Promise<T & Extracted> => {
    signal?.throwIfAborted();
    const path = found.get(member);
    if (path !== undefined) await verifyFileDigest(path, entry.sha1, `'${member}' in '${tarball}'`);
    return { ...entry, path };
  };
  const checkAll = async <T extends { readonly sha1: string; readonly name: string }>(
    folder: string,
    entries: readonly T[],
  ): Promise<(T & Extracted)[]> => {
    const results: (T & Extracted)[] = [];
    for (const entry of entries) results.push(await check(entry, `${folder}/${entry.name}.tgz`));
    return results;
  };
  return {
    jobs: await checkAll('jobs', manifest.jobs),
    packages: await checkAll('packages', manifest.packages ?? []),
    compiledPackages: await checkAll('compiled_packages', manifest.compiled_packages ?? []),
    license: manifest.license == null ? undefined : await check(manifest.license, 'license.tgz'),
  };
}

/** A member's content in memory, refused beyond `limit` bytes. */
export async function memberContent(archive: string, member: TarMember, limit: number): Promise<Buffer> {
  if (member.size > limit)
    throw new ArchiveInvalid(archive, `has a file '${member.path}' of ${member.size} bytes: too large`);
  return await collect(member.content);
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
