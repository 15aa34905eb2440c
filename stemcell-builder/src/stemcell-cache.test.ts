import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTempDir } from '@boti/core';
import { cachedStemcell, placeStemcell, pruneCache } from './stemcell-cache.ts';

async function tempDir(): Promise<AsyncDisposable & { path: string }> {
  return await openTempDir('stemcell-cache-test-');
}

test('finds the finished tarball of a key, and none where a build was cut off', async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'a.tgz.partial'), '');

  const before = await cachedStemcell(dir.path);
  await writeFile(join(dir.path, 'a.tgz'), '');

  assert.deepEqual([before, await cachedStemcell(dir.path)], [undefined, join(dir.path, 'a.tgz')]);
});

test('places a stemcell at a path, or in a folder under its own name', async () => {
  await using dir = await tempDir();
  const stemcell = join(dir.path, 'bosh-stemcell-1.tgz');
  await writeFile(stemcell, 'stemcell');
  await mkdir(join(dir.path, 'folder'));

  const paths = [
    await placeStemcell(stemcell, join(dir.path, 'new/mine.tgz')),
    await placeStemcell(stemcell, join(dir.path, 'folder')),
  ];

  assert.deepEqual(paths, [join(dir.path, 'new/mine.tgz'), join(dir.path, 'folder/bosh-stemcell-1.tgz')]);
  assert.deepEqual(await Promise.all(paths.map((path) => readFile(path, 'utf8'))), ['stemcell', 'stemcell']);
});

test('keeps the entries that were used last', async () => {
  await using dir = await tempDir();
  for (const [age, name] of ['newest', 'new', 'old', 'oldest'].entries()) {
    await mkdir(join(dir.path, name));
    await utimes(join(dir.path, name), 1000 - age, 1000 - age);
  }

  await pruneCache(dir.path, 2);
  await pruneCache(join(dir.path, 'none'), 2);

  assert.deepEqual(await readdir(dir.path), ['new', 'newest']);
});
