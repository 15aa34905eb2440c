import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, errnoOf } from '@boti/core';

export interface TreeFile {
  /** Absolute. */
  readonly path: string;
  /** From the tree's root, with `/`. */
  readonly relativePath: string;
}

/** The files of a tree (src/ or blobs/), read once and matched against many patterns. */
export interface FileTree {
  /** Files whose path matches; folders never do, nor anything behind a linked folder. Sorted. */
  match(pattern: string): Promise<readonly TreeFile[]>;
}

export function fileTree(root: string): FileTree {
  const walks = new Map<string, Promise<readonly TreeFile[]>>();
  return {
    async match(pattern) {
      const matcher = globMatcher(pattern);
      const base = staticBase(pattern);
      const walk = walks.get(base) ?? filesBelow(root, base);
      walks.set(base, walk);
      return (await walk).filter((file) => matcher.test(file.relativePath));
    },
  };
}

/** The part of a pattern before its first special sign: only that folder, or file, has to be looked at. */
function staticBase(pattern: string): string {
  const parts = pattern.split('/');
  const special = parts.findIndex((part) => /[*?[\]{}\\]/.test(part));
  return (special === -1 ? parts : parts.slice(0, special)).filter((part) => part !== '').join('/');
}

async function filesBelow(root: string, base: string): Promise<readonly TreeFile[]> {
  const path = join(root, base);
  if (await passesLinkedFolder(root, base)) return [];
  const found = await ifThere(lstat(path));
  if (found === undefined) return [];
  const files: TreeFile[] = [];
  if (found.isDirectory()) await walkInto(path, base, files);
  else if (isFileLike(found)) files.push({ path, relativePath: base });
  return files.sort((a, b) => (a.relativePath < b.relativePath ? -1 : 1));
}

/** True if a folder on the way is a symlink: upstream leaves out what is reached through one. */
async function passesLinkedFolder(root: string, base: string): Promise<boolean> {
  const parts = base.split('/');
  for (let count = 1; count < parts.length; count += 1) {
    const found = await ifThere(lstat(join(root, ...parts.slice(0, count))));
    if (found?.isSymbolicLink() === true) return true;
  }
  return false;
}

async function walkInto(path: string, relativePath: string, files: TreeFile[]): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries) {
    const child = {
      path: join(path, entry.name),
      relativePath: relativePath === '' ? entry.name : `${relativePath}/${entry.name}`,
    };
    if (entry.isDirectory()) await walkInto(child.path, child.relativePath, files);
    else if (isFileLike(entry)) files.push(child);
  }
}

/** Links count, wherever they lead: a package keeps them as links. */
function isFileLike(entry: Dirent | Stats): boolean {
  return entry.isFile() || entry.isSymbolicLink();
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * A pattern of a package spec as a regular expression: `*` and `?` stay within a folder, `**` crosses folders,
 * `[ab]`, `[^a-z]`, `{a,b}`, `\` before a sign that is meant literally. Names with a leading dot are like others.
 */
export function globMatcher(pattern: string): RegExp {
  const tokens = pattern.match(/\*\*\/?|\*|\?|\\.|\[(?:\\.|[^\]\\])+\]|[\s\S]/g) ?? [];
  let depth = 0;
  const parts = tokens.map((token) => {
    if (token === '{') depth += 1;
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    return globPart(pattern, token, depth);
  });
  if (depth > 0) throw badPattern(pattern, "a '{' without '}'");
  return new RegExp(`^${parts.join('')}$`, 'su');
}

const globSigns: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
};

function globPart(pattern: string, token: string, depth: number): string {
  const sign = globSigns[token];
  if (sign !== undefined) return sign;
  if (token === ',' && depth > 0) return '|';
  if (token === '[' || token === '\\')
    throw badPattern(pattern, token === '[' ? "a '[' without ']'" : "a '\\' at its end");
  if (token.startsWith('[')) return token.replaceAll(/[&~|[](?!^)/g, '\\$&').replace(/^\\\[/, '[');
  return escapeRegExp(token.length > 1 && token.startsWith('\\') ? token.slice(1) : token);
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('\\-', '-');
}

function badPattern(pattern: string, problem: string): ExpectedError {
  return new ExpectedError(`Pattern '${pattern}' has ${problem}`, {
    hint: 'Patterns know *, **, ?, [ab], {a,b}; put a \\ before such a sign to mean itself.',
  });
}
