import { type FileHandle, open } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ExpectedError, messageOf } from '@boti/core';
import { extract as tarExtract } from 'tar-stream';

/** An archive that is damaged, or would do harm if unpacked. */
export class ArchiveInvalid extends ExpectedError {
  readonly archive: string;

  constructor(archive: string, problem: string, cause?: unknown) {
    super(`Archive '${archive}' ${problem}`, { hint: 'Build or fetch the archive again.', cause });
    this.archive = archive;
  }
}

export interface TarMember {
  /** Without leading `./`, never outside the archive's own tree. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly size: number;
  /** Of a symlink; it stays within the tree. */
  readonly target?: string;
  readonly content: Readable;
}

export interface ReadTarOptions {
  readonly signal?: AbortSignal | undefined;
  /** Most bytes that may come out; by default 200 times the archive's size, 1 GiB at least. */
  readonly maximumBytes?: number;
  /** Symlinks within the tree are passed on; refused otherwise. */
  readonly allowsSymlinks?: boolean;
}

/** Calls `onMember` with each member of a tar, gzipped or not, until it answers 'stop'. Nothing is kept in memory. */
export async function readTar(
  archive: string,
  onMember: (member: TarMember) => Promise<unknown>,
  options: ReadTarOptions = {},
): Promise<void> {
  await using file = await open(archive, 'r');
  const { size } = await file.stat();
  const limit = options.maximumBytes ?? Math.max(2 ** 30, size * 200);
  const extract = tarExtract();
  const isGzip = await startsWithGzip(file);
  const source = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 18 });
  const stages = [source, ...(isGzip ? [createGunzip()] : []), byteLimit(archive, limit), extract];
  const piping = pipeline(stages as never, options.signal === undefined ? {} : { signal: options.signal }).catch(
    (error: unknown) => error,
  );
  try {
    let isEmpty = true;
    for await (const entry of extract) {
      isEmpty = false;
      const member = checkedMember(archive, entry, options.allowsSymlinks === true);
      if (member !== undefined && (await onMember(member)) === 'stop') return;
      entry.resume();
    }
    if (isEmpty) throw new ArchiveInvalid(archive, 'is empty, or no tar archive');
  } catch (error) {
    throw readFailure(archive, error, options.signal);
  } finally {
    extract.destroy();
    await piping;
  }
}

function readFailure(archive: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof ExpectedError) return error;
  const isFormat =
    error instanceof Error && /tar|header|gzip|zlib|inflate|unexpected end|incorrect|invalid/i.test(error.message);
  return isFormat ? new ArchiveInvalid(archive, `cannot be read: ${messageOf(error)}`, error) : error;
}

async function startsWithGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

function byteLimit(archive: string, limit: number): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total <= limit) done(null, chunk);
      else done(new ArchiveInvalid(archive, `unpacks to more than ${limit} bytes: refused`));
    },
  });
}

interface TarEntry extends Readable {
  readonly header: {
    readonly name: string;
    readonly type?: string | null | undefined;
    readonly mode?: number | undefined;
    readonly size?: number | undefined;
    readonly linkname?: string | null | undefined;
  };
}

function checkedMember(archive: string, entry: unknown, allowsSymlinks: boolean): TarMember | undefined {
  const { header } = entry as TarEntry;
  const path = innerPath(header.name);
  if (path === undefined) throw new ArchiveInvalid(archive, `has a member outside its tree: '${header.name}'`);
  const type = memberType(header.type);
  if (type === undefined)
    throw new ArchiveInvalid(archive, `has a ${header.type} at '${path}': only files and folders may be in it`);
  if (path === '') return undefined;
  const member = { path, type, mode: header.mode ?? 0o644, size: header.size ?? 0, content: entry as Readable };
  if (type !== 'symlink') return member;
  const target = header.linkname ?? '';
  const reached = innerPath(`${path}/../${target}`.replace(/^\.\//, ''));
  if (!allowsSymlinks || target.startsWith('/') || reached === undefined) {
    throw new ArchiveInvalid(archive, `has a link at '${path}' to '${target}': refused`);
  }
  return { ...member, target };
}

function memberType(type: string | null | undefined): TarMember['type'] | undefined {
  if (type === 'file' || type === 'contiguous-file' || type === null || type === undefined) return 'file';
  return type === 'directory' || type === 'symlink' ? type : undefined;
}

/** The path within the tree, or undefined when it is absolute or leads out. */
export function innerPath(name: string): string | undefined {
  if (name.startsWith('/') || name.includes('\0')) return undefined;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
