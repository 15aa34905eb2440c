/** Files by path (`ec2/latest/user-data`), as the content of a small file system. */
export type Files = Readonly<Record<string, Buffer>>;

export interface Folder {
  /** Path; empty for the root. */
  readonly path: string;
  readonly parent: string;
  readonly name: string;
}

/** All folders, the root first, each after its parent, level by level. */
export function foldersOf(files: Files): readonly Folder[] {
  const paths = new Set(['']);
  for (const path of Object.keys(files)) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) paths.add(parts.slice(0, depth).join('/'));
  }
  const depth = (path: string): number => (path === '' ? 0 : path.split('/').length);
  return [...paths]
    .toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
    .map((path) => ({ path, parent: parentOf(path), name: nameOf(path) }));
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
