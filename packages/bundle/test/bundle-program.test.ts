import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { type BundledProgram, bundleProgram } from '../src/index.ts';

/** Bundles sources, whose first is the program, and runs the bundle from another folder. */
async function bundled(
  t: TestContext,
  sources: Readonly<Record<string, string>>,
  how: Partial<BundledProgram> = {},
): Promise<{ readonly output: string; readonly text: string }> {
  const [dir, out] = [await tempDir(t), join(await tempDir(t), 'program.cjs')];
  for (const [name, text] of Object.entries(sources)) await writeFile(join(dir, name), text);
  const entry = join(dir, Object.keys(sources)[0] ?? '');
  await bundleProgram({ entry, outfile: out, isMinified: true, ...how });
  const { stdout } = await runCommand(process.execPath, [out], { cwd: '/' });
  return { output: stdout.replaceAll(dir, 'DIR'), text: await readFile(out, 'utf8') };
}

test("Node's own modules are loaded when something of them is used", async (t) => {
  const program = `#!/usr/bin/env node
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
class Own extends EventEmitter {}
const loaded = (): boolean => process.moduleLoadList.includes('NativeModule crypto');
const before = loaded();
const digest = createHash('sha256').update('x').digest('hex');
console.log(new Own() instanceof EventEmitter, before, loaded(), digest.slice(0, 4));
`;

  const early = await bundled(t, { 'main.ts': program });
  const late = await bundled(t, { 'main.ts': program }, { loadsBuiltinsLate: true });

  assert.equal(early.output, 'true true true 2d71\n');
  assert.equal(late.output, 'true false true 2d71\n');
  assert.match(late.text, /^#!\/usr\/bin\/env node\n/);
});

test('a program whose last statement is awaited needs no ES module; one that goes on does', async (t) => {
  const { output } = await bundled(t, {
    'main.ts':
      "const say = async (word: { word: string }) => console.log(word.word);\nawait say({\n  word: 'done',\n});\n",
  });

  assert.equal(output, 'done\n');
  const goesOn = bundled(t, { 'main.ts': "await Promise.resolve();\nconsole.log('on');\n" });
  await assert.rejects(goesOn, /Top-level await/);
});

test('import.meta is the source where asked for, the bundle where asked for, and refused otherwise', async (t) => {
  const sources = { 'main.ts': 'console.log(import.meta.filename);\n' };

  const source = await bundled(t, sources, { keepsSourcePaths: true });
  const beside = await bundled(t, sources, { hasFilesBeside: true });

  assert.equal(source.output, 'DIR/main.ts\n');
  assert.match(beside.output, /\/program\.cjs\n$/);
  await assert.rejects(bundled(t, sources), /import\.meta/);
});
