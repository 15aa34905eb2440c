import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DigestMismatch, ExpectedError, formatDigest, parseDigests } from '@boti/core';
import { StemcellArchiveInvalid, StemcellImageMissing } from './errors.ts';
import { type ManifestReadOptions, parseStemcellManifest, type StemcellManifest } from './stemcell-manifest.ts';
import { imageName, manifestName, readStemcellMembers, type StemcellMember } from './stemcell-members.ts';

export interface ExtractOptions extends ManifestReadOptions {
  readonly signal?: AbortSignal;
  /** A bigger image is refused. 64 GiB when absent. */
  readonly maxImageBytes?: number;
}

export interface ExtractedStemcell {
  readonly manifest: StemcellManifest;
  /** The image as it is in the tarball, not unpacked: what a CPI's create_stemcell is given. */
  readonly imagePath: string;
  readonly imageBytes: number;
  /** Digest of the image as read, by the algorithm that the manifest's `sha1` uses (bare hex: SHA-1). */
  readonly imageDigest: string;
}

const maxManifestBytes = 1024 * 1024;
const defaultMaxImageBytes = 64 * 1024 ** 3;

/** Reads stemcell.MF alone; stops at it, so that big tarballs with the manifest in front take no time. */
export async function readStemcellManifest(
  path: string,
  options: ManifestReadOptions & { readonly signal?: AbortSignal } = {},
): Promise<StemcellManifest> {
  let manifest: StemcellManifest | undefined;
  await readStemcellMembers(path, options.signal, async (member) => {
    if (member.name !== manifestName) return undefined;
    manifest = await manifestFrom(member, path, options);
    return 'stop';
  });
  if (manifest === undefined) throw manifestMissing();
  return manifest;
}

/**
 * Writes the tarball's `image` into `dir` (made if missing) and reads its manifest, in one pass. Whatever was
 * written is removed if it fails.
 */
export async function extractStemcell(
  path: string,
  dir: string,
  options: ExtractOptions = {},
): Promise<ExtractedStemcell> {
  const imagePath = join(dir, imageName);
  await mkdir(dir, { recursive: true });
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(imagePath, { force: true }));
  const found = await readAll(path, options, async (member) => {
    await checkRoom(member, { dir, path, limit: options.maxImageBytes ?? defaultMaxImageBytes });
    return createWriteStream(imagePath, { mode: 0o600 });
  });
  undo.move();
  return { ...found, imagePath };
}

/** Reads the whole tarball and throws DigestMismatch unless its image has the digest that stemcell.MF promises. */
export async function verifyStemcell(
  path: string,
  options: ManifestReadOptions & { readonly signal?: AbortSignal } = {},
): Promise<StemcellManifest> {
  const { manifest, imageDigest } = await readAll(path, options, () => Promise.resolve(undefined));
  const { algorithm, hex } = firstDigest(manifest.sha1);
  const promised = formatDigest(algorithm, hex);
  if (promised !== imageDigest) throw new DigestMismatch(`The image of stemcell '${path}'`, promised, imageDigest);
  return manifest;
}

type OpenTarget = (member: StemcellMember) => Promise<NodeJS.WritableStream | undefined>;

async function readAll(
  path: string,
  options: ExtractOptions,
  openTarget: OpenTarget,
): Promise<Omit<ExtractedStemcell, 'imagePath'>> {
  let manifest: StemcellManifest | undefined;
  let image: { bytes: number; sums: ImageSums } | undefined;
  await readStemcellMembers(path, options.signal, async (member) => {
    if (member.name === manifestName) manifest = await manifestFrom(member, path, options);
    if (member.name === imageName) image = await readImage(member, await openTarget(member));
  });
  if (manifest === undefined) throw manifestMissing();
  if (image === undefined) throw new StemcellImageMissing(path);
  return { manifest, imageBytes: image.bytes, imageDigest: digestLike(manifest.sha1, image.sums) };
}

interface ImageSums {
  readonly sha1: string;
  readonly sha256: string;
}

/** Both sums at once, because the manifest that says which one counts may come after the image. */
async function readImage(
  member: StemcellMember,
  target: NodeJS.WritableStream | undefined,
): Promise<{ bytes: number; sums: ImageSums }> {
  const hashes = { sha1: createHash('sha1'), sha256: createHash('sha256') };
  const hashed = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hashes.sha1.update(chunk);
      hashes.sha256.update(chunk);
      yield chunk;
    }
  };
  if (target === undefined) await drain(hashed(member.content));
  else await pipeline(member.content, hashed, target);
  return { bytes: member.size, sums: { sha1: hashes.sha1.digest('hex'), sha256: hashes.sha256.digest('hex') } };
}

async function drain(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of chunks);
}

function digestLike(promised: string, sums: ImageSums): string {
  const algorithm = promised.startsWith('sha256:') ? 'sha256' : 'sha1';
  return formatDigest(algorithm, sums[algorithm]);
}

function firstDigest(text: string): ReturnType<typeof parseDigests>[number] {
  const digests = parseDigests(text);
  const usable = digests.find(({ algorithm }) => algorithm !== 'sha512');
  if (usable === undefined) throw new ExpectedError(`The digest '${text}' in stemcell.MF is neither SHA-1 nor SHA-256`);
  return usable;
}

async function manifestFrom(
  member: StemcellMember,
  path: string,
  options: ManifestReadOptions,
): Promise<StemcellManifest> {
  if (member.size > maxManifestBytes) {
    throw new StemcellArchiveInvalid(
      `Stemcell '${path}': stemcell.MF claims ${member.size} bytes, over the 1 MiB limit`,
    );
  }
  return parseStemcellManifest(await textOf(member.content), `stemcell.MF of '${path}'`, options);
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Upstream's words. */
function manifestMissing(): StemcellArchiveInvalid {
  return new StemcellArchiveInvalid("Missing 'stemcell.MF'", {
    hint: "This is no stemcell: a stemcell tarball has 'stemcell.MF' and 'image' at its top level.",
  });
}

/** The header says how big the image is, so a full disk or a bomb is refused before a byte is written. */
async function checkRoom(member: StemcellMember, target: { dir: string; path: string; limit: number }): Promise<void> {
  const { dir, path, limit } = target;
  if (member.size > limit) {
    throw new StemcellArchiveInvalid(
      `The image of stemcell '${path}' claims ${member.size} bytes, over the limit of ${limit}`,
    );
  }
  const { bavail, bsize } = await statfs(dir);
  if (member.size <= bavail * bsize) return;
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  throw new ExpectedError(
    `No room for the image of stemcell '${path}': it has ${Math.ceil(member.size / 1024 ** 2)} MiB, '${dir}' has ${free} MiB free`,
    { hint: `Free some space on the disk of '${dir}' and try again.` },
  );
}
