import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline as pipe, type Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ExpectedError, messageOf } from '@boti/core';
import { extract as tarExtract } from 'tar-stream';

/** An archive that is damaged, or would do harm if unpacked. */
export class ArchiveInvalid extends ExpectedError {
  readonly archive: string;
  /** What is wrong, to go on after the archive's name: `is empty, or no tar archive`. */
  readonly problem: string;

  constructor(archive: string, problem: string, cause?: unknown) {
    super(`Archive '${archive}' ${problem}`, { hint: 'Build or fetch the archive again.', cause });
    this.archive = archive;
    this.problem = problem;
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
  /** Most members; 20,000 by default. */
  readonly maximumMembers?: number;
  /** Symlinks within the tree are passed on; refused otherwise. */
  readonly allowsSymlinks?: boolean;
}

/** Large, so that few pieces travel through the streams. */
const pieceBytes = 1 << 18;

/** Calls `onMember` with each member of a tar, gzipped or not, until it answers 'stop'. Nothing is kept in memory. */
export async function readTar(
  archive: string,
  onMember: (member: TarMember) => Promise<unknown>,
  options: ReadTarOptions = {},
): Promise<void> {
  const { size, isGzip } = await examine(archive);
  const limit = options.maximumBytes ?? Math.max(2 ** 30, size * 200);
  const check = memberChecks(archive, { ...options, maximumBytes: limit });
  const extract = tarExtract();
  const source = createReadStream(archive, { highWaterMark: pieceBytes });
  const stages = [
    source,
    ...(isGzip ? [createGunzip({ chunkSize: pieceBytes })] : []),
    byteLimit(archive, { limit, progress: check.progress }),
    extract,
  ];
  const piping = pipeline(stages as never, options.signal === undefined ? {} : { signal: options.signal }).catch(
    (error: unknown) => error,
  );
  try {
    const count = await visit(extract as unknown as AsyncIterable<Readable>, (entry) => {
      const member = check.member(entry);
      return member && { content: member.content, visited: onMember(member) };
    });
    if (count === 0) throw new ArchiveInvalid(archive, 'is empty, or no tar archive');
  } catch (error) {
    throw readFailure(archive, error, options.signal);
  } finally {
    extract.destroy();
    await piping;
  }
}

interface Visit {
  readonly content: Readable;
  readonly visited: Promise<unknown>;
}

/** Answers how many entries there were. What a visit leaves unread is read and thrown away. */
async function visit(extract: AsyncIterable<Readable>, start: (entry: Readable) => Visit | undefined): Promise<number> {
  let count = 0;
  for await (const entry of extract) {
    count += 1;
    const visiting = start(entry);
    if (visiting === undefined) entry.resume();
    else if ((await visiting.visited) === 'stop') return count;
    else await finished(visiting.content.resume());
  }
  return count;
}

function readFailure(archive: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof ExpectedError) return error;
  const isFormat =
    error instanceof Error && /tar|header|gzip|zlib|inflate|unexpected end|incorrect|invalid/i.test(error.message);
  return isFormat ? new ArchiveInvalid(archive, `cannot be read: ${messageOf(error)}`, error) : error;
}

async function examine(archive: string): Promise<{ readonly size: number; readonly isGzip: boolean }> {
  await using file = await open(archive, 'r');
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return { size, isGzip: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b };
}

interface ByteLimit {
  readonly limit: number;
  readonly progress: Progress;
}

/** Bytes that went in since something came out: the header of a long name is kept in memory whole. */
interface Progress {
  waiting: number;
}

const longestHeader = 8 * 2 ** 20;

function byteLimit(archive: string, { limit, progress }: ByteLimit): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      progress.waiting += chunk.length;
      if (total > limit) done(new ArchiveInvalid(archive, `unpacks to more than ${limit} bytes: refused`));
      else if (progress.waiting > longestHeader)
        done(new ArchiveInvalid(archive, 'has a name that is too long: refused'));
      else done(null, chunk);
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

interface MemberChecks {
  readonly progress: Progress;
  /** The member, or undefined for the tree's root. Throws if nobody should unpack it. */
  member(entry: unknown): TarMember | undefined;
}

function memberChecks(archive: string, options: ReadTarOptions & { readonly maximumBytes: number }): MemberChecks {
  const { allowsSymlinks = false, maximumMembers = 20_000, maximumBytes } = options;
  const progress: Progress = { waiting: 0 };
  const files = new Set<string>();
  let [count, claimed] = [0, 0];
  return {
    progress,
    member(entry) {
      progress.waiting = 0;
      const member = checkedMember(archive, entry as TarEntry, { allowsSymlinks, progress });
      count += 1;
      claimed += member?.size ?? 0;
      if (count > maximumMembers) throw new ArchiveInvalid(archive, `has more than ${maximumMembers} members: refused`);
      if (claimed > maximumBytes)
        throw new ArchiveInvalid(archive, `unpacks to more than ${maximumBytes} bytes: refused`);
      if (member === undefined || member.type === 'directory') return member;
      if (files.has(member.path)) throw new ArchiveInvalid(archive, `has the member '${member.path}' twice`);
      files.add(member.path);
      return member;
    },
  };
}

const longestName = 4096;

function checkedMember(
  archive: string,
  entry: TarEntry,
  { allowsSymlinks, progress }: { readonly allowsSymlinks: boolean; readonly progress: Progress },
): TarMember | undefined {
  const { header } = entry;
  const path = checkedPath(archive, header.name);
  const type = memberType(header.type);
  if (type === undefined)
    throw new ArchiveInvalid(
      archive,
      `has a ${header.type ?? 'thing'} at '${path}': only files and folders may be in it`,
    );
  if (path === '') return undefined;
  const content = contentOf(entry, progress);
  const member = { path, type, mode: header.mode ?? 0o644, size: header.size ?? 0, content };
  if (type !== 'symlink') return member;
  const target = header.linkname ?? '';
  const reached = innerPath(`${path}/../${target}`.replace(/^\.\//, ''));
  if (!allowsSymlinks || target.startsWith('/') || reached === undefined) {
    throw new ArchiveInvalid(archive, `has a link at '${path}' to '${target}': refused`);
  }
  return { ...member, target };
}

function checkedPath(archive: string, name: string): string {
  if (name.length > longestName) throw new ArchiveInvalid(archive, `has a name of ${name.length} signs: refused`);
  if (/[\p{Cc}\uFFFD]/u.test(name)) {
    throw new ArchiveInvalid(archive, `has a name with control signs, or that is no UTF-8: ${JSON.stringify(name)}`);
  }
  const path = innerPath(name);
  if (path === undefined) throw new ArchiveInvalid(archive, `has a member outside its tree: '${name}'`);
  return path;
}

/** Listens from the start: an archive that breaks before its content is read must not leave the reader waiting. */
function contentOf(entry: Readable, progress: Progress): Readable {
  const content = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      progress.waiting = 0;
      done(null, chunk);
    },
  });
  pipe(entry, content, () => undefined);
  return content;
}

function memberType(type: string | null | undefined): TarMember['type'] | undefined {
  if (type === 'file' || type === 'contiguous-file') return 'file';
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
