import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { runCli } from './run-cli.ts';

interface Recorded {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** Recorded with CLI 7.1.2. What comes out of manifests is recorded in packages/manifest; here it is how it is shown. */
const recorded = readFileSync(join(import.meta.dirname, 'fixtures/interpolate-output.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

/** Texts of errors are our own, but name what upstream's name. */
const named: Readonly<Record<string, readonly string[]>> = {
  'json-error': ['x'],
  'tty-error': ['x'],
  'extra-arg': ['foo'],
  'no-arg': ['PATH'],
  'unknown-flag': ['nope'],
  'errs-order': ['a1', 'b1', 'c1'],
};

for (const { name, files, args, ...expected } of recorded) {
  test(`interpolate shows as upstream: ${name}`, async (t) => {
    const work = await tempDir(t);
    for (const [file, text] of Object.entries(files)) await writeFile(join(work, file), text);
    const inWork = args.map((arg) => (arg in files || arg === 'store.yml' ? join(work, arg) : arg));

    const result = await runCli(inWork);

    assert.equal(result.exit, expected.exit);
    if (expected.exit === 0) assert.deepEqual(result, expected);
    const isJson = args.includes('--json');
    if (expected.exit !== 0 && !isJson) assert.equal(result.stdout, expected.stdout);
    const shown = isJson ? result.stdout : result.stderr;
    for (const word of named[name] ?? []) assert.match(shown, new RegExp(`\\b${word}\\b`));
  });
}

test('environment variables whose names no shell would take reach --vars-env', async (t) => {
  const work = await tempDir(t);
  await writeFile(join(work, 'm.yml'), 'a: ((y.z))\n');
  const boti = join(import.meta.dirname, '../../bin/boti');

  const { stdout } = await runCommand(boti, ['int', join(work, 'm.yml'), '--vars-env', 'PRE'], {
    env: { ...process.env, 'PRE_y.z': '[1]' },
  });

  assert.equal(stdout, 'a:\n- 1\n');
});

const odd = 'instance_groups: []\nname: one\nname: two\nrelaeses: []\n';

test('keys that mean nothing are warned of on stderr; --strict refuses them', async (t) => {
  const manifest = join(await tempDir(t), 'm.yml');
  await writeFile(manifest, odd);

  const warned = await runCli(['int', manifest]);
  const refused = await runCli(['int', manifest, '--strict']);

  assert.equal(warned.exit, 0);
  assert.equal(warned.stdout, 'instance_groups: []\nname: two\nrelaeses: []\n');
  assert.match(warned.stderr, /Warning: .*m\.yml, line 3, column 1: key 'name' stands in line 2 already/);
  assert.match(warned.stderr, /Warning: .*m\.yml, line 4, column 1: unknown key 'relaeses', did you mean 'releases'\?/);
  assert.equal(refused.exit, 1);
  assert.equal(refused.stdout, '\n');
  assert.match(refused.stderr, /line 3, column 1[\s\S]*line 4, column 1/);
});
