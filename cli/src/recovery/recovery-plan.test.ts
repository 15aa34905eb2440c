import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@boti/testkit';
import { readRecoveryPlan, requireFolderOf, writeRecoveryPlan } from './recovery-plan.ts';

test('a plan is read as it was written, and a number counts as text', async (t) => {
  const path = join(await tempDir(t), 'plan.yml');
  const plan = [{ name: 'web', max_in_flight_override: '10%', planned_resolutions: { missing_vm: 'recreate_vm' } }];

  await writeRecoveryPlan(path, plan);
  assert.deepEqual(await readRecoveryPlan(path), plan);
  await writeFile(path, 'instance_groups_plan: [{name: web, max_in_flight_override: 3}]');
  assert.deepEqual(await readRecoveryPlan(path), [
    { name: 'web', max_in_flight_override: '3', planned_resolutions: {} },
  ]);
});

test('a plan that is missing or wrong is told of with its path and key', async (t) => {
  const path = join(await tempDir(t), 'plan.yml');

  await assert.rejects(readRecoveryPlan(path), /There is no recovery plan '.*plan\.yml'/);
  await writeFile(path, 'instance_groups_plan: [{name: web, planed_resolutions: {}}]');
  await assert.rejects(
    readRecoveryPlan(path),
    /plan\.yml' is not valid: instance_groups_plan\.0: .*planed_resolutions/,
  );
  await writeFile(path, 'a: [');
  await assert.rejects(readRecoveryPlan(path), /plan\.yml, line/);
  await assert.rejects(requireFolderOf(join(path, 'x/plan.yml')), /The folder of/);
});
