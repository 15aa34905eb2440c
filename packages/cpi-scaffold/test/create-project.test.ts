import assert from 'node:assert/strict';
import { glob, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTempDir } from '@boti/core';
import { createProject } from '../src/index.ts';

const signal = AbortSignal.timeout(60_000);
const options = { install: false, signal, onProgress: () => undefined };

test('a project has its name everywhere and the SDK beside it', async () => {
  await using temp = await openTempDir('boti-scaffold-');
  const dir = join(temp.path, 'deep/nimbus');

  const { files } = await createProject({ ...options, name: 'nimbus', dir });

  assert.ok(files.includes('vendor/boti-cpi-sdk.tgz'));
  assert.ok((await readdir(dir)).includes('.gitignore'));
  assert.match(await readFile(join(dir, 'src/main.ts'), 'utf8'), /name: 'nimbus'/);
  const left = [];
  for await (const path of glob('{*,{src,test,bin,example-cloud}/*}', { cwd: dir, withFileTypes: true })) {
    const text = path.isFile() ? await readFile(join(path.parentPath, path.name), 'utf8') : '';
    if (/CPI_NAME|[A-Z]_VERSION/.test(text)) left.push(path.name);
  }
  assert.deepEqual(left, []);
  assert.deepEqual(await readdir(join(temp.path, 'deep')), ['nimbus']);
});

test("an author's code is 400 lines at most", async () => {
  const src = join(import.meta.dirname, '../template/src');
  const texts = await Promise.all((await readdir(src)).map((name) => readFile(join(src, name), 'utf8')));

  const lines = texts.join('').trimEnd().split('\n').length;

  assert.ok(lines > 200 && lines <= 400, `${lines} lines`);
});

for (const name of ['Nimbus', '9lives', 'a-b', '../x', '', "x'; touch y"]) {
  test(`'${name}' is refused as a name, and nothing is made`, async () => {
    await using temp = await openTempDir('boti-scaffold-');

    await assert.rejects(createProject({ ...options, name, dir: join(temp.path, 'p') }), /cannot be the name of a CPI/);

    assert.deepEqual(await readdir(temp.path), []);
  });
}

test('a folder with something in it is left alone', async () => {
  await using temp = await openTempDir('boti-scaffold-');
  const dir = join(temp.path, 'nimbus');
  await mkdir(dir);
  await writeFile(join(dir, 'mine'), 'precious');

  await assert.rejects(createProject({ ...options, name: 'nimbus', dir }), /is there already and not empty/);

  assert.equal(await readFile(join(dir, 'mine'), 'utf8'), 'precious');
  assert.deepEqual(await readdir(temp.path), ['nimbus']);
});

test('nothing is left of a project that was broken off', async () => {
  await using temp = await openTempDir('boti-scaffold-');

  await assert.rejects(
    createProject({ ...options, name: 'nimbus', dir: join(temp.path, 'nimbus'), signal: AbortSignal.abort() }),
  );

  assert.deepEqual(await readdir(temp.path), []);
});
