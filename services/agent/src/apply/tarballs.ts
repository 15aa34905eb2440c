import { open } from 'node:fs/promises';
import { runCommand } from '@boti/core';

/** Unpacks a tarball (compressed or not) as root owns it. */
export async function unpack(tarball: string, dir: string, signal?: AbortSignal): Promise<void> {
  await runCommand('tar', ['--no-same-owner', '-xf', tarball, '-C', dir], signal ? { signal } : {});
}

/** Packs a directory's content with names `./…`. */
export async function pack(
  dir: string,
  tarball: string,
  options: { readonly gzip: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  const signal = options.signal ? { signal: options.signal } : {};
  await runCommand('tar', [options.gzip ? '-czf' : '-cf', tarball, '-C', dir, '.'], signal);
}

export async function isGzip(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}
