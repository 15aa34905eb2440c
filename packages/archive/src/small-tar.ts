import { closeSync, fstatSync, lstatSync, openSync, readlinkSync, readSync, type Stats, statSync } from 'node:fs';
import type { TarInput } from './write-tar.ts';

const block = 512;
const mostBytes = 16 * 2 ** 20;

interface Entry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly linkname: string;
  readonly size: number;
  readonly content?: { readonly path: string } | { readonly bytes: Buffer };
}

/**
 * Gives `use` the bytes of a small tar, valid until it ends; answers undefined, without a call, if the tar has more than
 * 16 MiB or names that a plain header cannot hold. Thousands of small files take a fraction of the time that they take as
 * streams.
 */
export async function withSmallTar<T>(
  members: readonly TarInput[],
  use: (tar: Buffer) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const entries = members.map(entryOf);
  const total = entries.reduce((sum, { size }) => sum + block + padded(size), 2 * block);
  if (total > mostBytes || !entries.every(isPlain)) return undefined;
  const scratch = takeScratch(total);
  try {
    const tar = scratch.subarray(0, total);
    return fill(tar, entries) ? { result: await use(tar) } : undefined;
  } finally {
    idle.push(scratch);
  }
}

/** Kept for the next tars, as many as were in use at once. */
const idle: Buffer[] = [];

function takeScratch(size: number): Buffer {
  const found = idle.pop();
  return found !== undefined && found.length >= size ? found : Buffer.allocUnsafeSlow(size);
}

const padded = (size: number): number => Math.ceil(size / block) * block;

/** False if a file is not as long as it was. */
function fill(tar: Buffer, entries: readonly Entry[]): boolean {
  tar.fill(0);
  let at = 0;
  for (const entry of entries) {
    writeHeader(tar.subarray(at, at + block), entry);
    at += block;
    const { content, size } = entry;
    if (content !== undefined && 'bytes' in content) content.bytes.copy(tar, at);
    if (content !== undefined && 'path' in content && !readWhole(content.path, tar.subarray(at, at + size)))
      return false;
    at += padded(size);
  }
  return true;
}

function readWhole(path: string, target: Buffer): boolean {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    while (length < target.length) {
      const read = readSync(file, target, length, target.length - length, null);
      if (read === 0) return false;
      length += read;
    }
    return fstatSync(file).size === length;
  } finally {
    closeSync(file);
  }
}

const nothing = { linkname: '', size: 0 };

function entryOf({ name, content, mode, followsLinks }: TarInput): Entry {
  if (content === undefined) return { ...nothing, name, type: 'directory', mode: mode ?? 0o755 };
  if ('path' in content) return fileEntry({ name, mode, path: content.path, followsLinks: followsLinks === true });
  const bytes = Buffer.from(content.bytes);
  return { name, type: 'file', mode: mode ?? 0o644, linkname: '', size: bytes.length, content: { bytes } };
}

interface FileInput {
  readonly name: string;
  readonly mode: number | undefined;
  readonly path: string;
  readonly followsLinks: boolean;
}

function fileEntry({ name, mode, path, followsLinks }: FileInput): Entry {
  const found = lstatSync(path);
  const isLink = found.isSymbolicLink();
  if (isLink && !followsLinks) return { ...nothing, name, type: 'symlink', mode: 0o777, linkname: readlinkSync(path) };
  const size = isLink ? statSync(path).size : found.size;
  return { name, type: 'file', mode: mode ?? modeOf(found), linkname: '', size, content: { path } };
}

/** As it is recorded: 0755 if the owner may run the file, else 0644. Links count as such. */
export function modeOf(found: Stats): number {
  return (found.mode & 0o100) === 0 && !found.isSymbolicLink() ? 0o644 : 0o755;
}

const types = { file: '0', symlink: '2', directory: '5' } as const;

/** A ustar header, as tar-stream writes it. */
function writeHeader(header: Buffer, { name, type, mode, linkname, size }: Entry): void {
  header.write(name, 0, 'latin1');
  header.write(octal(mode, 6), 100, 'latin1');
  header.write(octal(0, 6), 108, 'latin1');
  header.write(octal(0, 6), 116, 'latin1');
  header.write(octal(size, 11), 124, 'latin1');
  header.write(octal(0, 11), 136, 'latin1');
  header.write(types[type], 156, 'latin1');
  header.write(linkname, 157, 'latin1');
  header.write('ustar\0' + '00', 257, 'latin1');
  header.write(octal(0, 6), 329, 'latin1');
  header.write(octal(0, 6), 337, 'latin1');
  header.write(octal(checksum(header), 6), 148, 'latin1');
}

function isPlain({ name, linkname }: Entry): boolean {
  return [name, linkname].every((text) => text.length <= 100 && /^[\x20-\x7e]*$/.test(text));
}

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')} `;

/** Over the header with blanks in the checksum's own place. */
function checksum(header: Buffer): number {
  let sum = 8 * 32;
  for (const byte of header) sum += byte;
  return sum;
}
