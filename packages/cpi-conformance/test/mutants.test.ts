import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openTempDir } from '@boti/core';
import { countOutcomes, type RuleOutcome, runConformance } from '../src/index.ts';

/*
 * The kit judged: bugs seeded over the simulated cloud by somebody who had read the contract and none of the rules. Each must
 * be found by a rule that is broken; what is only blocked does not count.
 */
const root = join(import.meta.dirname, '../../..');
const program = join(root, 'cpis/sim/test/mutants/cpi');
const config = join(root, 'cpis/sim/conformance.yml');

interface Mutant {
  readonly name: string;
  readonly bug: string;
  readonly needsBus: boolean;
}
const all = JSON.parse(execFileSync(program, ['--list'], { encoding: 'utf8' })) as readonly Mutant[];

/** Bugs of mode serve are found by waiting, others by calculating: each of the former stands among several of the latter. */
const mutants = mixed(
  all.filter(({ name }) => name.startsWith('serve-')),
  all.filter(({ name }) => !name.startsWith('serve-')),
);

function mixed(few: readonly Mutant[], many: readonly Mutant[]): readonly Mutant[] {
  const distance = Math.floor(many.length / few.length);
  return many.flatMap((mutant, index) => {
    const other = index % distance === 0 ? few[index / distance] : undefined;
    return other === undefined ? [mutant] : [other, mutant];
  });
}

const dir = await openTempDir('boti-mutants-');
after(() => dir[Symbol.asyncDispose]());

async function judge(name: string): Promise<readonly RuleOutcome[]> {
  const executable = join(dir.path, `cpi-${name}`);
  await writeFile(executable, `#!/bin/sh\nexec '${program}' --mutant '${name}' "$@"\n`, { mode: 0o755 });
  const { outcomes } = await runConformance({ executable, configPath: config, level: 'chaos', untilFirst: true });
  return outcomes.filter(({ status }) => ['failed', 'warning'].includes(status));
}

test('the program that carries the bugs breaks no rule without one', async () => {
  assert.deepEqual(await judge('none'), []);
});

describe('a seeded bug is found', { concurrency: 4 }, () => {
  for (const { name, bug, needsBus } of mutants) {
    // The kit has no message bus: it calls the CPI and nothing else.
    if (needsBus) continue;
    test(`${name}: ${bug}`, async () => {
      const found = await judge(name);
      assert.ok(found.length > 0, 'no rule says that this CPI is broken');
      assert.equal(countOutcomes(found).passed, 0);
    });
  }
});
