import { createWriteStream } from 'node:fs';
import { lstat, open, readlink, rm, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip as gzipBuffer, type ZlibOptions } from 'node:zlib';
import { pack as tarPack } from 'tar-stream';
import { modeOf, withSmallTar } from './small-tar.ts';

const gzipped = promisify(
  gzipBuffer as (data: Buffer, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void,
);

export interface TarInput {
  /** In the archive; a folder ends with `/`. */
  readonly name: string;
  /** Content: a file to copy, or bytes. Absent for folders. */
  readonly content?: { readonly path: string } | { readonly bytes: string | Uint8Array };
  /** Links are kept as links, or followed. */
  readonly followsLinks?: boolean;
  /** Overrides the file's own mode. */
  readonly mode?: number;
}

export interface WriteTarOptions {
  readonly gzip: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a tar of these members, in this order. The same members give the same bytes: no times, users or groups are
 * recorded, and modes are 0755 or 0644 unless given.
 */
export async function writeTar(path: string, members: readonly TarInput[], options: WriteTarOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const written = await withSmallTar(members, (tar) => writeSmall(path, tar, options));
  if (written === undefined) await writeStreamed(path, members, options);
}

async function writeSmall(path: string, tar: Buffer, { gzip, signal }: WriteTarOptions): Promise<void> {
  const content = gzip ? await gzipped(tar, { chunkSize: 1 << 16 }) : tar;
  signal?.throwIfAborted();
  await writeFile(path, content, { mode: 0o600 });
}

async function writeStreamed(path: string, members: readonly TarInput[], options: WriteTarOptions): Promise<void> {
  const pack = tarPack();
  // An entry that an abort destroys has no other listener; the failure itself arrives through the pipeline.
  pack.on('error', () => undefined);
  const stages = [pack, ...(options.gzip ? [createGzip()] : []), createWriteStream(path, { mode: 0o600 })];
  const writing = pipeline(stages as never, options.signal === undefined ? {} : { signal: options.signal });
  const adding = addAll(pack, members).catch((error: unknown) => {
    pack.destroy(error as Error);
    throw error;
  });
  const results = await Promise.allSettled([adding, writing]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  await rm(path, { force: true });
  throw options.signal?.aborted ? options.signal.reason : failed.reason;
}

type Pack = ReturnType<typeof tarPack>;

async function addAll(pack: Pack, members: readonly TarInput[]): Promise<void> {
  for (const member of members) await add(pack, member);
  pack.finalize();
}

const timeless = { mtime: new Date(0), uid: 0, gid: 0 } as const;

async function add(pack: Pack, member: TarInput): Promise<void> {
  const { content, name } = member;
  if (content === undefined) {
    await entry(pack, { ...timeless, name, type: 'directory', mode: member.mode ?? 0o755 });
    return;
  }
  if ('bytes' in content) {
    await entry(pack, { ...timeless, name, mode: member.mode ?? 0o644 }, Buffer.from(content.bytes));
    return;
  }
  const found = await lstat(content.path);
  if (found.isSymbolicLink() && member.followsLinks !== true) {
    const linkname = await readlink(content.path);
    await entry(pack, { ...timeless, name, type: 'symlink', linkname, mode: 0o777 });
    return;
  }
  await addFile(pack, content.path, { ...timeless, name, mode: member.mode ?? modeOf(found) });
}

async function addFile(
  pack: Pack,
  path: string,
  header: { readonly name: string; readonly mode: number },
): Promise<void> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const source = file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 });
  await pipeline(source, pack.entry({ ...header, ...timeless, size }));
}

async function entry(pack: Pack, header: Parameters<Pack['entry']>[0], content?: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = (error?: Error | null): void => (error == null ? resolve() : reject(error));
  if (content === undefined) pack.entry(header, done);
  else pack.entry(header, content, done);
  await promise;
}

/** The folders above these paths, each once and before what is in it, with a trailing slash. */
export function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = posix.dirname(path); folder !== '.' && folder !== '/'; folder = posix.dirname(folder)) {
      folders.add(`${folder}/`);
    }
  }
  return [...folders].sort();
}
