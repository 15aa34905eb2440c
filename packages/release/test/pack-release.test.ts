import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTempDir } from '@boti/core';
import { extractRelease, packRelease } from '../src/index.ts';

const sources = {
  'jobs/web/spec': 'name: web\ntemplates: {}\npackages: [app]\n',
  'jobs/web/monit': '',
  'packages/app/spec': 'name: app\nfiles: [app/**/*]\n',
  'packages/app/packaging': 'true\n',
  'src/app/bin/run': '#!/bin/sh\n',
};

async function tempDir(t: TestContext): Promise<string> {
  const dir = await openTempDir('boti-pack-release-test-');
  t.after(() => dir[Symbol.asyncDispose]());
  return dir.path;
}

async function packed(t: TestContext): Promise<string> {
  const dir = await tempDir(t);
  for (const [path, text] of Object.entries(sources)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const tarball = join(dir, 'release.tgz');
  await packRelease({ dir, name: 'r', version: '1', tarball });
  return tarball;
}

test('the same sources give the same release tarball, with nothing left beside them', async (t) => {
  const [first, second] = [await packed(t), await packed(t)];

  assert.deepEqual(await readFile(first), await readFile(second));
  const { jobs, packages } = await extractRelease(first, await tempDir(t));
  assert.deepEqual(
    jobs.map(({ name, packages: needs }) => ({ name, needs })),
    [{ name: 'web', needs: ['app'] }],
  );
  assert.deepEqual(
    packages.map(({ name, dependencies }) => ({ name, dependencies })),
    [{ name: 'app', dependencies: [] }],
  );
});
