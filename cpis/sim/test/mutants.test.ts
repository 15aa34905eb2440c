import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { simExecutable } from '../src/index.ts';
import { mutants, writeMutantExecutable } from './mutants/index.ts';

const dir = await mkdtemp(join(tmpdir(), 'boti-mutants-'));
after(() => rm(dir, { recursive: true }));

function ask(executable: string, method: string, ...args: readonly unknown[]): Record<string, unknown> {
  const context = { director_uuid: 'd', stateDir: join(dir, 'cloud') };
  const input = JSON.stringify({ method, arguments: args, context, api_version: 2 });
  return JSON.parse(spawnSync(executable, { input, encoding: 'utf8' }).stdout) as Record<string, unknown>;
}

test('there are many seeded bugs, each with a name and a sentence', () => {
  assert.ok(mutants.length >= 60);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  for (const { name, bug } of mutants) assert.match(`${name} ${bug}`, /^[a-z0-9-]+ \S.*\.$/);
});

test('a mutant has its bug and is otherwise the clean CPI', () => {
  const shrinking = writeMutantExecutable(dir, 'shrink-succeeds');
  const { result: disk } = ask(shrinking, 'create_disk', 100, {}, null);

  assert.deepEqual(ask(shrinking, 'resize_disk', disk, 50), { result: null, error: null, log: '' });
  const { error } = ask(simExecutable, 'resize_disk', disk, 50);
  assert.equal((error as { readonly type: string }).type, 'Bosh::Clouds::NotSupported');
  assert.deepEqual(ask(shrinking, 'has_disk', disk), ask(simExecutable, 'has_disk', disk));
});
