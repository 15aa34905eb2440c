import type { Readable } from 'node:stream';
import { ArchiveInvalid, readTar, type TarMember } from '@boti/archive';
import { ExpectedError, errnoOf, messageOf } from '@boti/core';
import { StemcellArchiveInvalid } from './errors.ts';

export interface StemcellMember {
  /** Without a leading `./`. */
  readonly name: string;
  readonly size: number;
  readonly content: Readable;
}

export const manifestName = 'stemcell.MF';
export const imageName = 'image';

const maxMembers = 1000;
const maxSideFileBytes = 256 * 1024 * 1024;

/**
 * Calls `onMember` with the regular files of a stemcell tarball, in order, streamed, until it answers 'stop': content is
 * to be read, or left (it is then skipped), before it returns. Refuses paths that lead out of the tarball, links,
 * devices, and names that come twice.
 */
export async function readStemcellMembers(
  path: string,
  signal: AbortSignal | undefined,
  onMember: (member: StemcellMember) => Promise<unknown>,
): Promise<void> {
  const seen = new Set<string>();
  const visit = async (member: TarMember): Promise<unknown> => {
    if (member.type === 'directory') return undefined;
    checkMember(member, path, seen);
    seen.add(member.path);
    return await onMember({ name: member.path, size: member.size, content: member.content });
  };
  try {
    signal?.throwIfAborted();
    // What may be big is checked member by member.
    await readTar(path, visit, { signal, maximumBytes: Number.POSITIVE_INFINITY });
  } catch (error) {
    signal?.throwIfAborted();
    throw readError(error, path);
  }
}

function checkMember({ path: name, size }: TarMember, path: string, seen: ReadonlySet<string>): void {
  if (seen.has(name)) throw new StemcellArchiveInvalid(`Stemcell '${path}' has the member '${name}' twice`);
  if (seen.size >= maxMembers) throw new StemcellArchiveInvalid(`Stemcell '${path}' has over ${maxMembers} members`);
  if (name !== imageName && size > maxSideFileBytes) {
    throw new StemcellArchiveInvalid(
      `Stemcell '${path}': member '${name}' claims ${size} bytes; only 'image' may be big`,
    );
  }
}

function readError(error: unknown, path: string): unknown {
  if (error instanceof ArchiveInvalid) {
    return new StemcellArchiveInvalid(`Stemcell '${path}' ${error.problem}`, {
      hint: 'It was cut off or damaged on its way, or is another kind of file. Fetch or build it again.',
      cause: error,
    });
  }
  if (error instanceof ExpectedError) return error;
  if (errnoOf(error) === 'ENOENT') return new ExpectedError(`Stemcell '${path}' does not exist`, { cause: error });
  if (errnoOf(error)?.startsWith('E')) {
    return new ExpectedError(`Stemcell '${path}' cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return error;
}
