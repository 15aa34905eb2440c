import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ExpectedError, errnoOf, runCommand } from '@boti/core';
import { detectImageFormat, type ImageFormat } from './image-format.ts';

/** What `convertImage` can make. `streamOptimized`: VMDK for OVF import. `vhd`: of fixed size, as Azure takes it. */
export const targetFormats = ['raw', 'qcow2', 'vmdk', 'streamOptimized', 'vhd', 'vhdx'] as const;
/** A format that `convertImage` can make. */
export type TargetFormat = (typeof targetFormats)[number];

const qemuNames: Readonly<Partial<Record<ImageFormat, string>>> = {
  raw: 'raw',
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  streamOptimized: 'vmdk',
  vhd: 'vpc',
  vhdx: 'vhdx',
  iso: 'raw',
};
const qemuOptions: Readonly<Partial<Record<TargetFormat, string>>> = {
  streamOptimized: 'subformat=streamOptimized',
  vhd: 'subformat=fixed,force_size=on',
};

/** The wanted format, and how to get there. */
export interface ConvertOptions {
  readonly to: TargetFormat;
  /** Compress the clusters of a qcow2: smaller to upload, slower to make. */
  readonly compress?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Converts the disk image `source` into the new file `target` with `qemu-img`, whatever format it has. Removes `target`
 * when it fails. Throws ExpectedError when `source` is no disk image, or `qemu-img` is not installed (Debian: qemu-utils).
 */
export async function convertImage(source: string, target: string, options: ConvertOptions): Promise<void> {
  const { to, compress = false, signal } = options;
  const from = await detectImageFormat(source);
  const [input, output, extra] = [qemuNames[from], qemuNames[to], qemuOptions[to]];
  if (input === undefined || output === undefined) {
    throw new ExpectedError(`${source} is of format '${from}', which is no disk image`, {
      hint: 'Unpack the image of a stemcell with openStemcellImage first.',
    });
  }
  const args = ['convert', ...(compress ? ['-c'] : []), '-f', input, '-O', output];
  try {
    await qemuImg([...args, ...(extra === undefined ? [] : ['-o', extra]), '--', source, target], signal);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

/** Size in bytes of the disk that a VM sees, which is more than that of the file for all formats but raw. */
export async function virtualSize(path: string, signal?: AbortSignal): Promise<number> {
  const format = qemuNames[await detectImageFormat(path)];
  if (format === undefined) throw new ExpectedError(`${path} is no disk image`);
  const stdout = await qemuImg(['info', '--output=json', '-f', format, '--', path], signal);
  return (JSON.parse(stdout) as { readonly 'virtual-size': number })['virtual-size'];
}

/**
 * Packs a raw disk image as a gzipped tar archive with one member, as Google (`disk.raw`) and others import it. Holes
 * stay holes.
 */
export async function packRawImage(
  source: string,
  target: string,
  { name = 'disk.raw', signal }: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const rename = `s,.*,${name.replace(/[\\,&]/g, '\\$&')},`;
  const args = ['--create', '--gzip', '--sparse', '--format=oldgnu', `--file=${target}`, `--transform=${rename}`];
  try {
    await runCommand('tar', [...args, '-C', dirname(source), '--', basename(source)], signal ? { signal } : {});
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

async function qemuImg(args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  try {
    return (await runCommand('qemu-img', args, signal === undefined ? {} : { signal })).stdout;
  } catch (cause) {
    if (!(cause instanceof Error) || errnoOf(cause.cause) !== 'ENOENT') throw cause;
    throw new ExpectedError('qemu-img is not installed on the machine of this CPI', {
      cause,
      hint: 'Install it (Debian, Ubuntu: apt-get install qemu-utils), or use a stemcell in a format of this cloud.',
    });
  }
}
