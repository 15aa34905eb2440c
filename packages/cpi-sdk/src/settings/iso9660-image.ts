import { ExpectedError } from '@boti/core';
import { type Files, type Folder, foldersOf, nameOf, parentOf } from './file-tree.ts';

const sector = 2048;
/** Where the descriptors begin; before it is room for boot code. */
const firstDescriptor = 16;

/** One of the two views of the tree: plain ISO names, or Joliet's Unicode ones. Both point to the same files. */
interface View {
  readonly folders: readonly Folder[];
  readonly encode: (name: string, isFolder: boolean) => Buffer;
  readonly text: (text: string, bytes: number) => Buffer;
  readonly isJoliet: boolean;
  readonly pathTables: { readonly little: number; readonly big: number };
  readonly firstFolder: number;
}

interface Extent {
  readonly at: number;
  readonly bytes: number;
}

/** An ISO 9660 file system with Joliet names. Source: ECMA-119; Joliet Specification, 1995. */
export function iso9660Image(label: string, files: Files): Buffer {
  const folders = foldersOf(files);
  const views = [plainView(folders, 19), jolietView(folders, 21)] as const;
  const firstFile = views[1].firstFolder + folders.length;
  const extents = new Map<string, Extent>();
  let next = firstFile;
  for (const [path, content] of Object.entries(files)) {
    extents.set(path, { at: next, bytes: content.length });
    next += Math.max(1, Math.ceil(content.length / sector));
  }
  const image = Buffer.alloc(next * sector);
  const put = (at: number, content: Buffer): void => void content.copy(image, at * sector);
  for (const [index, view] of views.entries()) {
    put(firstDescriptor + index, descriptor(label, view, next));
    put(view.pathTables.little, pathTable(view, true));
    put(view.pathTables.big, pathTable(view, false));
    for (const [number, folder] of folders.entries())
      put(view.firstFolder + number, folderContent(view, folder, extents));
  }
  put(firstDescriptor + 2, Buffer.from('\xFFCD001\x01', 'latin1'));
  for (const [path, content] of Object.entries(files)) put(extents.get(path)?.at ?? 0, content);
  return image;
}

function plainView(folders: readonly Folder[], tables: number): View {
  return {
    folders,
    // Linux shows them in lower case and without the version.
    encode: (name, isFolder) => {
      const upper = name.toUpperCase();
      return Buffer.from(isFolder ? upper : `${upper.includes('.') ? upper : `${upper}.`};1`, 'ascii');
    },
    text: (text, bytes) => Buffer.from(text.padEnd(bytes), 'ascii'),
    isJoliet: false,
    pathTables: { little: tables, big: tables + 1 },
    firstFolder: 23,
  };
}

function jolietView(folders: readonly Folder[], tables: number): View {
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
  return {
    folders,
    encode: utf16,
    text: (text, bytes) => Buffer.concat([utf16(text.padEnd(Math.floor(bytes / 2))), Buffer.alloc(bytes % 2)]),
    isJoliet: true,
    pathTables: { little: tables, big: tables + 1 },
    firstFolder: 23 + folders.length,
  };
}

function descriptor(label: string, view: View, sectors: number): Buffer {
  const block = Buffer.alloc(sector);
  block.write(`${view.isJoliet ? '\x02' : '\x01'}CD001\x01`, 'latin1');
  view.text('LINUX', 32).copy(block, 8);
  view.text(label, 32).copy(block, 40);
  both32(sectors).copy(block, 80);
  if (view.isJoliet) block.write('%/E', 88, 'latin1');
  for (const at of [120, 124]) both16(1).copy(block, at);
  both16(sector).copy(block, 128);
  both32(pathTable(view, true).length).copy(block, 132);
  block.writeUInt32LE(view.pathTables.little, 140);
  block.writeUInt32BE(view.pathTables.big, 148);
  record(Buffer.from([0]), { at: view.firstFolder, bytes: sector }, true).copy(block, 156);
  view.text('', 623).copy(block, 190);
  // No dates: sixteen digits 0 and a zone.
  for (const at of [813, 830, 847, 864]) block.write(`${'0'.repeat(16)}\0`, at, 'latin1');
  block[881] = 1;
  return block;
}

function pathTable({ folders, encode, firstFolder }: View, isLittle: boolean): Buffer {
  const entries = folders.map(({ path, parent, name }, index) => {
    const id = path === '' ? Buffer.from([0]) : encode(name, true);
    const head = Buffer.alloc(8);
    head[0] = id.length;
    const parentNumber = folders.findIndex((folder) => folder.path === parent) + 1;
    if (isLittle) head.writeUInt16LE(parentNumber, head.writeUInt32LE(firstFolder + index, 2));
    else head.writeUInt16BE(parentNumber, head.writeUInt32BE(firstFolder + index, 2));
    return Buffer.concat([head, id, Buffer.alloc(id.length % 2)]);
  });
  return Buffer.concat(entries);
}

function folderContent(view: View, folder: Folder, extents: ReadonlyMap<string, Extent>): Buffer {
  const extentOf = (path: string): Extent => ({
    at: view.firstFolder + view.folders.findIndex((one) => one.path === path),
    bytes: sector,
  });
  const children = [
    ...view.folders
      .filter(({ path, parent }) => path !== '' && parent === folder.path)
      .map(({ path, name }) => ({ id: view.encode(name, true), extent: extentOf(path), isFolder: true })),
    ...[...extents]
      .filter(([path]) => parentOf(path) === folder.path)
      .map(([path, extent]) => ({ id: view.encode(nameOf(path), false), extent, isFolder: false })),
  ].toSorted((a, b) => Buffer.compare(a.id, b.id));
  const content = Buffer.concat([
    record(Buffer.from([0]), extentOf(folder.path), true),
    record(Buffer.from([1]), extentOf(folder.parent), true),
    ...children.map(({ id, extent, isFolder }) => record(id, extent, isFolder)),
  ]);
  if (content.length > sector) throw new ExpectedError(`Too many files in folder '${folder.path}' of the config drive`);
  return content;
}

function record(id: Buffer, { at, bytes }: Extent, isFolder: boolean): Buffer {
  const head = Buffer.alloc(33);
  const padding = Buffer.alloc(id.length % 2 === 0 ? 1 : 0);
  head[0] = head.length + id.length + padding.length;
  both32(at).copy(head, 2);
  both32(bytes).copy(head, 10);
  // 1 January 1980.
  Buffer.from([80, 1, 1, 0, 0, 0, 0]).copy(head, 18);
  head[25] = isFolder ? 2 : 0;
  both16(1).copy(head, 28);
  head[32] = id.length;
  return Buffer.concat([head, id, padding]);
}

function both16(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(value, bytes.writeUInt16LE(value));
  return bytes;
}

function both32(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(value, bytes.writeUInt32LE(value));
  return bytes;
}
