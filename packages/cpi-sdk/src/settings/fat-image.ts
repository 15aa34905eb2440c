import { ExpectedError } from '@boti/core';
import { type Files, foldersOf, nameOf, parentOf } from './file-tree.ts';

const sector = 512;
const sectorsPerCluster = 4;
const cluster = sector * sectorsPerCluster;
const rootEntries = 512;
const entryBytes = 32;
/** More make the file system FAT16. */
const maxClusters = 4084;
const minClusters = 256;
const endOfChain = 0xfff;
const attribute = { label: 0x08, folder: 0x10, file: 0x20, longName: 0x0f } as const;
/** 1 January 1980, in all dates. */
const date = 0x0021;

interface Chain {
  readonly first: number;
  readonly clusters: number;
}

/** A FAT12 file system with long names. Source: Microsoft, FAT General Overview of On-Disk Format, 1.03. */
export function fatImage(label: string, files: Files): Buffer {
  const chains = allocate(files);
  const used = Math.max(...[...chains.values()].map(({ first, clusters }) => first + clusters)) - 2;
  const clusters = Math.max(minClusters, used);
  if (clusters > maxClusters) {
    throw new ExpectedError(`The config drive would need ${used * cluster} bytes, more than FAT12 can hold`, {
      hint: 'The settings of this VM are too large: look at its env.',
    });
  }
  const fatSectors = Math.ceil(((clusters + 2) * 1.5) / sector);
  const rootAt = (1 + 2 * fatSectors) * sector;
  const dataAt = rootAt + rootEntries * entryBytes;
  const image = Buffer.alloc(dataAt + clusters * cluster);
  bootSector(label, image.length / sector, fatSectors).copy(image);
  const table = fat(chains, fatSectors * sector);
  for (const copy of [0, 1]) table.copy(image, (1 + copy * fatSectors) * sector);
  const at = (path: string): number => dataAt + ((chains.get(path)?.first ?? 2) - 2) * cluster;
  for (const { path } of foldersOf(files))
    folder(path, label, { files, chains }).copy(image, path === '' ? rootAt : at(path));
  for (const [path, content] of Object.entries(files)) content.copy(image, at(path));
  return image;
}

/** Which clusters each folder and file has; the root has none. */
function allocate(files: Files): ReadonlyMap<string, Chain> {
  const sizes = [
    ...foldersOf(files)
      .filter(({ path }) => path !== '')
      .map(({ path }) => [path, cluster] as const),
    ...Object.entries(files).map(([path, content]) => [path, content.length] as const),
  ];
  const chains = new Map<string, Chain>();
  let next = 2;
  for (const [path, bytes] of sizes) {
    const clusters = Math.max(1, Math.ceil(bytes / cluster));
    chains.set(path, { first: next, clusters });
    next += clusters;
  }
  return chains;
}

function bootSector(label: string, sectors: number, fatSectors: number): Buffer {
  const boot = Buffer.alloc(sector);
  boot.write('\xEB\x3C\x90BOTI    ', 'latin1');
  boot.writeUInt16LE(sector, 11);
  boot[13] = sectorsPerCluster;
  boot.writeUInt16LE(1, 14);
  boot[16] = 2;
  boot.writeUInt16LE(rootEntries, 17);
  boot.writeUInt16LE(sectors, 19);
  boot[21] = 0xf8;
  boot.writeUInt16LE(fatSectors, 22);
  boot.writeUInt16LE(32, 24);
  boot.writeUInt16LE(64, 26);
  boot[36] = 0x80;
  boot[38] = 0x29;
  boot.write('BOTI', 39, 'latin1');
  boot.write(label.padEnd(11), 43, 'latin1');
  boot.write('FAT12   ', 54, 'latin1');
  boot.writeUInt16LE(0xaa55, 510);
  return boot;
}

/** The table of chains, twelve bits an entry. */
function fat(chains: ReadonlyMap<string, Chain>, bytes: number): Buffer {
  const table = Buffer.alloc(bytes);
  const set = (index: number, value: number): void => {
    const at = index + (index >> 1);
    const pair = table.readUInt16LE(at);
    table.writeUInt16LE(index % 2 === 0 ? (pair & 0xf000) | value : (pair & 0x000f) | (value << 4), at);
  };
  set(0, 0xff8);
  set(1, endOfChain);
  for (const { first, clusters } of chains.values()) {
    for (let n = first; n < first + clusters - 1; n += 1) set(n, n + 1);
    set(first + clusters - 1, endOfChain);
  }
  return table;
}

function folder(
  path: string,
  label: string,
  { files, chains }: { readonly files: Files; readonly chains: ReadonlyMap<string, Chain> },
): Buffer {
  const first = (of: string): number => chains.get(of)?.first ?? 0;
  const own =
    path === ''
      ? [entry(label.padEnd(11), { attributes: attribute.label, first: 0, bytes: 0 })]
      : [
          entry('.'.padEnd(11), { attributes: attribute.folder, first: first(path), bytes: 0 }),
          entry('..'.padEnd(11), { attributes: attribute.folder, first: first(parentOf(path)), bytes: 0 }),
        ];
  const children = [...chains.keys()].filter((child) => parentOf(child) === path);
  const entries = children.flatMap((child, index) => {
    const content = files[child];
    const kind = content === undefined ? attribute.folder : attribute.file;
    const short = `F${index}`.padEnd(11);
    return [
      ...longName(nameOf(child), short),
      entry(short, { attributes: kind, first: first(child), bytes: content?.length ?? 0 }),
    ];
  });
  const all = Buffer.concat([...own, ...entries]);
  if (all.length > cluster) throw new ExpectedError(`Too many files in folder '${path}' of the config drive`);
  return all;
}

function entry(
  name: string,
  { attributes, first, bytes }: { readonly attributes: number; readonly first: number; readonly bytes: number },
): Buffer {
  const record = Buffer.alloc(entryBytes);
  record.write(name, 'latin1');
  record[11] = attributes;
  for (const at of [16, 18, 24]) record.writeUInt16LE(date, at);
  record.writeUInt16LE(first, 26);
  record.writeUInt32LE(bytes, 28);
  return record;
}

/** The real name, thirteen UTF-16 units an entry, last part first. */
function longName(name: string, short: string): readonly Buffer[] {
  const checksum = [...Buffer.from(short, 'latin1')].reduce(
    (sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff,
    0,
  );
  const count = Math.ceil(name.length / 13);
  const units = Buffer.alloc(count * 26, 0xff);
  units.write(name.length % 13 === 0 ? name : `${name}\0`, 'utf16le');
  return Array.from({ length: count }, (_, index) => {
    const part = units.subarray(index * 26, index * 26 + 26);
    const record = Buffer.alloc(entryBytes);
    record[0] = (index + 1) | (index === count - 1 ? 0x40 : 0);
    part.copy(record, 1, 0, 10);
    record[11] = attribute.longName;
    record[13] = checksum;
    part.copy(record, 14, 10, 22);
    part.copy(record, 28, 22, 26);
    return record;
  }).toReversed();
}
