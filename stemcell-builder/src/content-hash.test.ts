import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashOfTree } from './content-hash.ts';

test('the hash of a tree changes with a path, a content, an exec bit and a link, not with time', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'content-hash-test-'));
  const file = join(dir, 'a/file');
  const hashes = new Set<string>();
  const note = async (): Promise<void> => void hashes.add(await hashOfTree(dir));

  await mkdir(join(dir, 'a'));
  await writeFile(file, 'one');
  await note();
  await writeFile(file, 'one');
  await note();
  assert.equal(hashes.size, 1);

  await writeFile(file, 'two');
  await note();
  await chmod(file, 0o755);
  await note();
  await symlink('file', join(dir, 'a/link'));
  await note();
  await mkdir(join(dir, 'b'));
  await note();

  assert.equal(hashes.size, 5);
  await rm(dir, { recursive: true });
});
