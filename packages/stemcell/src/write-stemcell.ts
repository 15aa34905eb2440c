import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { digestOf, digestOfFile, ExpectedError, errnoOf } from '@boti/core';
import { pack } from 'tar-stream';
import { formatStemcellManifest, type StemcellManifest } from './stemcell-manifest.ts';
import { imageName, manifestName } from './stemcell-members.ts';

export interface NewStemcell {
  readonly manifest: Omit<StemcellManifest, 'sha1'>;
  /** The image, already in its format (for `warden-tar` a .tgz of the file system); `'empty'` for a light stemcell. */
  readonly image: { readonly path: string; readonly sha1?: string } | 'empty';
  /** Small files beside it, such as `packages.txt`. */
  readonly sideFiles?: Readonly<Record<string, string>>;
  /** Recorded for every member, so that equal content gives an equal tarball. 1970 when absent. */
  readonly modified?: Date;
}

/** Packs a stemcell tarball, manifest first. The file appears at `path` only once it is complete. */
export async function writeStemcell(
  path: string,
  stemcell: NewStemcell,
  options: { readonly signal?: AbortSignal } = {},
): Promise<StemcellManifest> {
  const manifest = { ...stemcell.manifest, sha1: await imageSha1(stemcell.image) };
  await writeTarball(
    path,
    options,
    async (tarball) => {
      await tarball.addText(manifestName, formatStemcellManifest(manifest));
      for (const [name, text] of Object.entries(stemcell.sideFiles ?? {})) await tarball.addText(name, text);
      if (stemcell.image === 'empty') await tarball.addText(imageName, '');
      else
        await tarball.addStream(
          imageName,
          (await stat(stemcell.image.path)).size,
          createReadStream(stemcell.image.path),
        );
    },
    stemcell.modified,
  );
  return manifest;
}

function imageSha1(image: NewStemcell['image']): Promise<string> | string {
  if (image === 'empty') return digestOf('', 'sha1');
  return image.sha1 ?? digestOfFile(image.path, 'sha1');
}

export interface TarballWriter {
  addText(name: string, text: string): Promise<void>;
  addStream(name: string, size: number, content: AsyncIterable<Buffer>): Promise<void>;
}

type Entry = ReturnType<ReturnType<typeof pack>['entry']>;

/** Stored, not compressed: the image, nearly all of it, is compressed already. Saves 5 s a stemcell. */
const gzipLevel = 0;

export async function writeTarball(
  path: string,
  options: { readonly signal?: AbortSignal },
  fill: (tarball: TarballWriter) => Promise<void>,
  modified = new Date(0),
): Promise<void> {
  const temporary = `${path}.partial`;
  const tar = pack();
  const header = (name: string, size: number): { name: string; size: number; mode: number; mtime: Date } => ({
    name,
    size,
    mode: 0o644,
    mtime: modified,
  });
  const writer: TarballWriter = {
    addText: (name, text) => addEntry(tar.entry(header(name, Buffer.byteLength(text))), [Buffer.from(text)]),
    addStream: (name, size, content) => addEntry(tar.entry(header(name, size)), content),
  };
  const filling = fill(writer).then(
    () => tar.finalize(),
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    },
  );
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const saving = pipeline(
    tar as AsyncIterable<Buffer>,
    createGzip({ level: gzipLevel }),
    createWriteStream(temporary),
    signal,
  ).then(() => rename(temporary, path));
  // A failed `fill` destroys the tarball with its error, so `saving` always knows the first cause.
  const [saved] = await Promise.allSettled([saving, filling]);
  if (saved.status === 'fulfilled') return;
  await rm(temporary, { force: true });
  options.signal?.throwIfAborted();
  throw writeError(saved.reason, path);
}

async function addEntry(entry: Entry, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  // When the tarball cannot be written, its entry fails too; the tarball's own error is the one to tell.
  entry.on('error', () => undefined);
  for await (const chunk of content) {
    if (entry.destroyed) break;
    if (!entry.write(chunk)) await drained(entry);
  }
  if (entry.destroyed) throw new Error('The tarball was closed while it was being written');
  entry.end(undefined);
}

async function drained(entry: Entry): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const event of ['drain', 'close'] as const) entry.once(event, resolve);
  await promise;
  for (const event of ['drain', 'close'] as const) entry.off(event, resolve);
}

function writeError(error: unknown, path: string): unknown {
  const code = errnoOf(error);
  if (code === 'ENOSPC') {
    return new ExpectedError(`No room to write stemcell '${path}'`, {
      hint: 'Free some space on that disk.',
      cause: error,
    });
  }
  if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR' || code === 'EISDIR') {
    const hint = 'Give the path of a file, in a folder that exists and is writable.';
    return new ExpectedError(`Cannot write stemcell '${path}' (${code})`, { hint, cause: error });
  }
  return error;
}
