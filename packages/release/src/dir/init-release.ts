import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isThere } from '@boti/core';
import { dumpYaml } from '@boti/manifest';

const ignored = [
  'config/private.yml',
  'blobs',
  'dev_releases',
  'releases/*.tgz',
  'releases/**/*.tgz',
  '.dev_builds',
  '.final_builds/jobs/**/*.tgz',
  '.final_builds/packages/**/*.tgz',
  '.DS_Store',
  '.idea',
  '*.swp',
  '*~',
  '*#',
  '#*',
];

/** Makes the folders and files of an empty release; those that exist are kept. */
export async function initRelease(dir: string, options: { readonly git?: boolean } = {}): Promise<void> {
  const name = basename(resolve(dir));
  for (const folder of ['jobs', 'packages', 'src', 'config']) await mkdir(join(dir, folder), { recursive: true });
  await writeIfAbsent(join(dir, 'config/blobs.yml'), '--- {}\n');
  await writeIfAbsent(join(dir, 'config/final.yml'), dumpYaml({ name }));
  if (options.git === true) await writeIfAbsent(join(dir, '.gitignore'), `${ignored.join('\n')}\n`);
}

async function writeIfAbsent(path: string, content: string): Promise<void> {
  if (!(await isThere(path))) await writeFile(path, content);
}
