import { gzipSync } from 'node:zlib';

const block = 512;

/** A gzipped tar of a few small files: name → content. The same input gives the same bytes. */
export function tarball(files: Readonly<Record<string, string>>): Buffer {
  const members = Object.entries(files).map(([name, content]) => member(name, Buffer.from(content)));
  return gzipSync(Buffer.concat([...members, Buffer.alloc(2 * block)]));
}

function member(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(name, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((block - (content.length % block)) % block)]);
}
