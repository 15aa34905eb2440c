import assert from 'node:assert/strict';
import { cp, mkdir, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';

const root = join(import.meta.dirname, '../..');

/** A clone whose CLI says a word, and whether it is the bundle that says it. */
async function smallClone(t: TestContext) {
  const clone = await tempDir(t);
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), text);
  };
  for (const path of ['cli/bin/launch.cjs', 'tools/bundle-cli.ts']) await cp(join(root, path), join(clone, path));
  for (const path of ['package.json', 'cli/package.json']) await write(path, '{"type":"module"}');
  await write('tsconfig.json', '{}');
  await write('node_modules/.package-lock.json', '{}');
  await symlink(join(root, 'node_modules/@boti'), join(clone, 'node_modules/@boti'));
  await write('cli/src/word.ts', "export const word: string = 'one';\n");
  await write(
    'cli/src/main.ts',
    "import { word } from './word.ts';\nconst from = typeof module === 'undefined' ? 'sources' : 'bundle';\n" +
      "process.stdout.write(word + ' from ' + from);\n",
  );
  const run = async (): Promise<string> =>
    (await runCommand(process.execPath, [join(clone, 'cli/bin/launch.cjs')], { env: { HOME: clone } })).stdout;
  return { clone, write, run };
}

test('the CLI of a clone runs as one file, made once', async (t) => {
  const { clone, run } = await smallClone(t);

  const outputs = [await run(), await run()];

  assert.deepEqual(outputs, ['one from bundle', 'one from bundle']);
  const made = await readdir(join(clone, 'node_modules/.cache/boti/cli'));
  assert.deepEqual(
    made.map((name) => name.replace(/-\w{16}/, '')),
    ['boti.cjs', 'boti.json', 'interpolate.cjs', 'interpolate.json'],
  );
});

test('a changed source is run at once, even if its size and its time are as before', async (t) => {
  const { clone, write, run } = await smallClone(t);
  await run();
  const { atime, mtime } = await stat(join(clone, 'cli/src/word.ts'));
  await write('cli/src/word.ts', "export const word: string = 'two';\n");
  await utimes(join(clone, 'cli/src/word.ts'), atime, mtime);

  assert.equal(await run(), 'two from bundle');
});

test('where nothing can be bundled, the sources are run', async (t) => {
  const { write, run } = await smallClone(t);
  await run();
  await write('cli/src/word.ts', "export const word: string = 'two';\n");
  await write('tools/bundle-cli.ts', 'process.exit(1);\n');

  assert.equal(await run(), 'two from sources');
});
