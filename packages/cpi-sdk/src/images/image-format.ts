import { open } from 'node:fs/promises';

/**
 * What an image file is. `vmdk` is any VMDK; `streamOptimized` the compressed form that OVF and vSphere import. `tar` and
 * `gzip` are archives: of a root file system or of a disk image. `empty` is the image of a light stemcell.
 */
export const imageFormats = [
  'raw',
  'qcow2',
  'vmdk',
  'streamOptimized',
  'vhd',
  'vhdx',
  'iso',
  'tar',
  'gzip',
  'zstd',
  'empty',
] as const;
/** A format that `detectImageFormat` can tell. */
export type ImageFormat = (typeof imageFormats)[number];

interface Magic {
  readonly format: ImageFormat;
  readonly at: number;
  readonly bytes: string;
}

/** Source: QEMU docs/interop; VMware Virtual Disk Format 5.0; POSIX ustar; ECMA-119. */
const magics: readonly Magic[] = [
  { format: 'qcow2', at: 0, bytes: 'QFI\xFB' },
  { format: 'vmdk', at: 0, bytes: 'KDMV' },
  { format: 'vmdk', at: 0, bytes: '# Disk DescriptorFile' },
  { format: 'vhdx', at: 0, bytes: 'vhdxfile' },
  { format: 'vhd', at: 0, bytes: 'conectix' },
  { format: 'gzip', at: 0, bytes: '\x1F\x8B' },
  { format: 'zstd', at: 0, bytes: '\x28\xB5\x2F\xFD' },
  { format: 'tar', at: 257, bytes: 'ustar' },
  { format: 'iso', at: 32_769, bytes: 'CD001' },
];
const headBytes = 33 * 1024;
/** Of a sparse VMDK: the compression of its grains; 1 is deflate. */
const vmdkCompression = 77;
const vhdFooterBytes = 512;

/** Tells an image file by its first bytes, not by its name. What has no mark of its own is `raw`. */
export async function detectImageFormat(path: string): Promise<ImageFormat> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (size === 0) return 'empty';
  const head = Buffer.alloc(Math.min(size, headBytes));
  await file.read(head, 0, head.length, 0);
  const found = formatOf(head);
  if (found !== undefined || size < vhdFooterBytes) return found ?? 'raw';
  const footer = Buffer.alloc(vhdFooterBytes);
  await file.read(footer, 0, footer.length, size - vhdFooterBytes);
  return footer.toString('latin1', 0, 8) === 'conectix' ? 'vhd' : 'raw';
}

function formatOf(head: Buffer): ImageFormat | undefined {
  const found = magics.find(({ at, bytes }) => head.toString('latin1', at, at + bytes.length) === bytes);
  if (found?.format === 'vmdk' && head.toString('latin1', 0, 4) === 'KDMV' && head[vmdkCompression] === 1) {
    return 'streamOptimized';
  }
  return found?.format;
}
