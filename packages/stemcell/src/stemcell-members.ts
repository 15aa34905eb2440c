import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ExpectedError, errnoOf, messageOf } from '@boti/core';
import { extract } from 'tar-stream';
import { StemcellArchiveInvalid } from './errors.ts';

export interface StemcellMember {
  /** Without a leading `./`. */
  readonly name: string;
  readonly size: number;
  readonly content: AsyncIterable<Buffer>;
}

interface Stoppable {
  destroy(error?: Error): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export const manifestName = 'stemcell.MF';
export const imageName = 'image';

const maxMembers = 1000;
const maxSideFileBytes = 256 * 1024 * 1024;

/**
 * The regular files of a stemcell tarball, in order, streamed: each member's content is to be read, or left (it is then
 * skipped), before the next is asked for. Refuses paths that lead out of the tarball, links, devices, and names that
 * come twice. Leaving the loop early stops reading.
 */
export async function* stemcellMembers(path: string, signal?: AbortSignal): AsyncGenerator<StemcellMember> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const tar = extract();
  const streams: readonly Stoppable[] = [file, gunzip, tar];
  const stop = (error?: Error): void => {
    for (const stream of streams) stream.destroy(error);
  };
  const abort = (): void => stop(signal?.reason);
  for (const stream of streams) stream.on('error', stop);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    // tar-stream's types are of a stream library that Node's do not know, though the two work together.
    file.pipe(gunzip).pipe(tar as unknown as NodeJS.WritableStream);
    for await (const member of checkedMembers(tar, path)) {
      yield { ...member, content: explained(member.content, path, signal) };
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw readError(error, path);
  } finally {
    signal?.removeEventListener('abort', abort);
    stop();
  }
}

/** A tarball that breaks within a member fails whoever reads that member: it is to say the same as the loop. */
async function* explained(
  content: AsyncIterable<Buffer>,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    signal?.throwIfAborted();
    throw readError(error, path);
  }
}

async function* checkedMembers(tar: ReturnType<typeof extract>, path: string): AsyncGenerator<StemcellMember> {
  const seen = new Set<string>();
  for await (const entry of tar) {
    // A damaged tarball fails its open entry as well; the loop tells of it.
    entry.on('error', () => undefined);
    const { type, size = 0 } = entry.header;
    const name = safeName(entry.header.name, path);
    if (type !== 'directory') {
      if (seen.has(name)) throw new StemcellArchiveInvalid(`Stemcell '${path}' has the member '${name}' twice`);
      seen.add(name);
      checkMember({ name, type: type ?? 'unknown', size }, path);
      if (seen.size > maxMembers) throw new StemcellArchiveInvalid(`Stemcell '${path}' has over ${maxMembers} members`);
      yield { name, size, content: entry as AsyncIterable<Buffer> };
    }
    entry.resume();
  }
}

function safeName(name: string, path: string): string {
  const parts = name.split('/').filter((part) => part !== '.' && part !== '');
  if (name.startsWith('/') || name.includes('\0') || parts.includes('..')) {
    throw new StemcellArchiveInvalid(`Stemcell '${path}' has the member '${name}', which leads out of the tarball`);
  }
  return parts.join('/');
}

function checkMember(member: { name: string; type: string; size: number }, path: string): void {
  const { name, type, size } = member;
  if (type !== 'file' && type !== 'contiguous-file') {
    const problem = `Stemcell '${path}': member '${name}' is a ${type}`;
    throw new StemcellArchiveInvalid(problem, { hint: 'A stemcell holds regular files only.' });
  }
  if (name !== imageName && size > maxSideFileBytes) {
    throw new StemcellArchiveInvalid(
      `Stemcell '${path}': member '${name}' claims ${size} bytes; only 'image' may be big`,
    );
  }
}

/** Node's and tar-stream's errors say neither which file nor what to do. */
function readError(error: unknown, path: string): unknown {
  if (error instanceof ExpectedError) return error;
  if (errnoOf(error) === 'ENOENT') return new ExpectedError(`Stemcell '${path}' does not exist`, { cause: error });
  if (errnoOf(error)?.startsWith('E')) {
    return new ExpectedError(`Stemcell '${path}' cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return new StemcellArchiveInvalid(
    `Stemcell '${path}' is not a complete gzip-compressed tarball: ${messageOf(error)}`,
    {
      hint: 'It was cut off or damaged on its way, or is another kind of file. Fetch or build it again.',
      cause: error,
    },
  );
}
