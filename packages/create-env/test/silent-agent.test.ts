import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, beforeEach, test } from 'node:test';
import { createAuthority } from '@boti/certificates';
import type { Clock } from '@boti/core';
import { healthyCpi } from './cpi-answers.ts';
import { failureOf } from './failure-text.ts';
import { hastyClock } from './hasty-clock.ts';
import { readBriefState } from './recorded.ts';
import { aManifest, openScene } from './scene.ts';
import { answer } from './scripted-cpi.ts';

const scene = await openScene();
after(() => scene[Symbol.asyncDispose]());
beforeEach(async () => {
  await rm(scene.statePath, { force: true });
  scene.agent.script({});
  await scene.cpi.script(healthyCpi({ console_log: answer('agent: ENOSPC: no space left on device') }));
});

/** Notes when something was said, on the run's own clock. */
function watchedClock(): { readonly clock: Clock; readonly secondsTo: (remark: string) => number } {
  const clock = hastyClock();
  const startedAt = clock.now().getTime();
  const times = new Map<string, number>();
  return {
    clock: {
      now: () => clock.now(),
      async sleep(ms, signal) {
        for (const remark of scene.remarks)
          if (!times.has(remark)) times.set(remark, clock.now().getTime() - startedAt);
        await clock.sleep(ms, signal);
      },
    },
    secondsTo: (remark) => (times.get(remark) ?? Number.NaN) / 1000,
  };
}

test('an agent that never answers is explained within a minute, waited for ten, and explained in the error', async () => {
  const { clock, secondsTo } = watchedClock();
  const manifest = aManifest(scene).replace(
    `mbus: https://user:pass@127.0.0.1:${scene.agent.port}`,
    'mbus: https://user:pass@127.0.0.1:1',
  );

  const message = await failureOf(() => scene.run({ args: ['create-env'], manifest, options: { clock } }));

  const [remark = ''] = scene.remarks;
  assert.match(
    remark,
    /The agent of VM 'vm-1' does not answer yet\.\nMost likely cause: The VM's console says that a disk of the VM is full/,
  );
  assert.match(remark, /Also: The agent is told to listen on port \d+, but is looked for on port 1\./);
  assert.ok(secondsTo(remark) < 60, `told after ${secondsTo(remark)} s`);
  assert.match(message, /Waiting until instance is ready/);
  assert.match(message, /Most likely cause: .*disk of the VM is full/);
  assert.equal((await readBriefState(scene.statePath))?.vm, 'vm-1');
});

test('a password that the agent refuses is named while waiting', async () => {
  const manifest = aManifest(scene).replace('mbus: https://user:pass@127', 'mbus: https://user:wrong@127');

  const message = await failureOf(() => scene.run({ args: ['create-env'], manifest }));

  assert.match(scene.remarks[0] ?? '', /Most likely cause: The agent at 127\.0\.0\.1 refuses user and password/);
  assert.doesNotMatch(message + scene.remarks.join(), /wrong@/);
});

test('a certificate by another authority ends it at once, with the authority that it is by', async () => {
  const other = await createAuthority('other', { days: 1 });
  const indented = (pem: string): string =>
    pem
      .trim()
      .split('\n')
      .map((line) => `      ${line}`)
      .join('\n');
  const manifest = aManifest(scene).replace(indented(scene.ca), indented(other.certificate));

  const message = await failureOf(() => scene.run({ args: ['create-env'], manifest }));

  assert.match(message, /is not by the authority in cloud_provider\.cert\.ca/);
  assert.match(message, /issued by 'mbus-ca'/);
  assert.deepEqual(scene.remarks, []);
});

test('an address that somebody has before the VM is made is named', async () => {
  const manifest = aManifest(scene)
    .replace('10.0.0.0/24', '127.0.0.0/8')
    .replace('gateway: 10.0.0.1', 'gateway: 127.0.0.2')
    .replace('[10.0.0.5]', '[127.0.0.1]')
    .replace('mbus: https://user:pass@127', 'mbus: https://user:wrong@127');

  const message = await failureOf(() => scene.run({ args: ['create-env'], manifest }));

  assert.match(message, /Most likely cause: Something answered at 127\.0\.0\.1 before the VM was there/);
});
