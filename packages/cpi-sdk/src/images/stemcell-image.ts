import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ExpectedError, runCommand } from '@boti/core';
import { detectImageFormat, type ImageFormat } from './image-format.ts';

/** What create_stemcell was given, unpacked. */
export type StemcellImage =
  /** A light stemcell: the image is on the cloud already, named by the cloud properties. */
  | { readonly kind: 'light' }
  /** A disk image as a file. */
  | { readonly kind: 'disk'; readonly path: string; readonly format: ImageFormat }
  /** A root file system as a tar archive, gzipped or not: what container clouds take. `path` is the image itself. */
  | { readonly kind: 'root-file-system'; readonly path: string; readonly isGzip: boolean };

/** How disk images are called in stemcells. Source: bosh-linux-stemcell-builder, packagings of its infrastructures. */
const diskImage = /(^|\/)[^/]*\.(img|raw|qcow2|vmdk|vhd)$/;
const besideDiskImage = /(^|\/)[^/]*\.(ovf|mf|cert)$/;
const blockBytes = 512;

/**
 * Unpacks the image of a stemcell, the first argument of create_stemcell, into the folder `dir`, which may be missing.
 * An archive with a disk image gives that; other archives are taken for a root file system and left as they are.
 */
export async function openStemcellImage(
  imagePath: string,
  { dir, signal }: { readonly dir: string; readonly signal?: AbortSignal },
): Promise<StemcellImage> {
  const format = await detectImageFormat(imagePath);
  if (format === 'empty') return { kind: 'light' };
  if (format !== 'gzip' && format !== 'tar') return { kind: 'disk', path: imagePath, format };
  const isGzip = format === 'gzip';
  const member = await findDiskImage(imagePath, isGzip, signal);
  if (member === undefined) return { kind: 'root-file-system', path: imagePath, isGzip };
  await mkdir(dir, { recursive: true });
  const flags = ['--extract', '--sparse', '--no-same-owner', ...(isGzip ? ['--gzip'] : [])];
  await runCommand('tar', [...flags, `--file=${imagePath}`, '-C', dir, '--', member], signal ? { signal } : {});
  const path = join(dir, member);
  return { kind: 'disk', path, format: await detectImageFormat(path) };
}

/** The name of the disk image among the first members; undefined for a root file system. Reads no further than needed. */
async function findDiskImage(
  path: string,
  isGzip: boolean,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const file = createReadStream(path, signal === undefined ? {} : { signal });
  try {
    for await (const name of memberNames(isGzip ? file.pipe(createGunzip()) : file)) {
      if (diskImage.test(name)) return name;
      if (!besideDiskImage.test(name) && name !== './') return undefined;
    }
    return undefined;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ExpectedError(`The stemcell image ${path} cannot be unpacked: it is damaged`, { cause });
  } finally {
    file.destroy();
  }
}

async function* memberNames(archive: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let buffered = Buffer.alloc(0);
  let skip = 0;
  for await (const chunk of archive) {
    buffered = Buffer.concat([buffered.subarray(0), chunk]);
    for (;;) {
      const passed = Math.min(skip, buffered.length);
      buffered = buffered.subarray(passed);
      skip -= passed;
      if (buffered.length < blockBytes) break;
      const name = buffered.toString('utf8', 0, 100).replace(/\0.*$/s, '');
      if (name === '') return;
      const size = Number.parseInt(buffered.toString('latin1', 124, 136), 8) || 0;
      yield name;
      skip = blockBytes + Math.ceil(size / blockBytes) * blockBytes;
    }
  }
}
