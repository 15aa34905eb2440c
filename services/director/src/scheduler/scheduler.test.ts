import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@boti/core';
import { FakeClock } from '@boti/testkit';
import { startScheduler } from './scheduler.ts';

test('a chore runs in its interval, also after it has failed, until the scheduler stops', async () => {
  const clock = new FakeClock();
  let runs = 0;
  const run = async (): Promise<void> => {
    runs += 1;
    if (runs === 1) throw new Error('not today');
  };
  const scheduler = startScheduler([{ name: 'sweep', everyMs: 600_000, run }], clock, silentLogger);

  await clock.advance(59_000);
  assert.equal(runs, 0);
  await clock.advance(1000);
  assert.equal(runs, 1);
  await clock.advance(600_000);
  assert.equal(runs, 2);
  await scheduler.stop();
  await clock.advance(600_000);
  assert.equal(runs, 2);
});
