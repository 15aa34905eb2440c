import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { varsStoreFile } from './vars-store.ts';

async function storeIn(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vars-store-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'store.yml');
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('a new store is readable to its owner only, and nothing lies beside it', async (t) => {
  const path = await storeIn(t);

  await varsStoreFile(path).set('a', 'secret');

  assert.equal(await readFile(path, 'utf8'), 'a: secret\n');
  assert.equal(await modeOf(path), 0o600);
  assert.deepEqual(await readdir(join(path, '..')), ['store.yml']);
});

test('what a store holds stays, and a store that others could read is closed to them', async (t) => {
  const path = await storeIn(t);
  await writeFile(path, 'old: {x: 1}\n5: five\n');
  await chmod(path, 0o644);

  const store = varsStoreFile(path);
  await store.set('new', 'value');

  assert.equal(await readFile(path, 'utf8'), '"5": five\nnew: value\nold:\n  x: 1\n');
  assert.equal(await modeOf(path), 0o600);
  assert.deepEqual(await store.names(), ['old', '5', 'new']);
});

test('a store that is read only for its values is not written', async (t) => {
  const path = await storeIn(t);
  await writeFile(path, 'a: 1 # as it was\n');

  assert.equal(await varsStoreFile(path).get('a'), 1);

  assert.equal(await readFile(path, 'utf8'), 'a: 1 # as it was\n');
});
