import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage } from './stage.ts';

function recorder() {
  const lines: string[] = [];
  let now = 0;
  const stage = openStage({
    output: { begin: (text) => void lines.push(text), end: (text) => void lines.push(text), remark: () => undefined },
    now: () => now,
  });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { lines, stage, pass };
}

test('groups and steps are laid out as upstream lays them out', async () => {
  const { lines, stage, pass } = recorder();

  await stage.group('validating', async (steps) => {
    await steps.step("Validating release 'a'", async () => pass(1500));
  });
  stage.skip("Uploading stemcell 's/1'", 'Stemcell already uploaded');
  await stage.group('deploying', async (steps) => {
    await steps.stepOrSkip("Deleting VM 'v'", async () => 'VM not found');
  });
  await stage.step("Deleting unused stemcell 's'", async () => pass(61_000));
  await stage.step('Cleaning up rendered CPI jobs', async () => undefined);

  assert.deepEqual(lines, [
    '\n',
    'Started validating\n',
    "  Validating release 'a'...",
    ' Finished (00:00:01)',
    'Finished validating (00:00:01)\n',
    '\n',
    "Uploading stemcell 's/1'...",
    ' Skipped [Stemcell already uploaded] (00:00:00)',
    '\n',
    'Started deploying\n',
    "  Deleting VM 'v'...",
    ' Skipped [VM not found] (00:00:00)',
    'Finished deploying (00:00:00)\n',
    '\n',
    "Deleting unused stemcell 's'...",
    ' Finished (00:01:01)',
    'Cleaning up rendered CPI jobs...',
    ' Finished (00:00:00)',
  ]);
});

test('a step that fails says so, and so does its group', async () => {
  const { lines, stage } = recorder();

  const failing = stage.group('deploying', (steps) =>
    steps.step('Creating disk', () => Promise.reject(new Error('no'))),
  );

  await assert.rejects(failing, { message: 'no' });
  assert.deepEqual(lines.slice(2), ['  Creating disk...', ' Failed (00:00:00)', 'Failed deploying (00:00:00)\n']);
});
