// 1,000 has_vm calls, one after the other, to a CPI that is kept warm; and what one call costs when it is not.
import { randomUUID } from 'node:crypto';
import { vmCid } from '@boti/core';
import { openCpi } from '@boti/cpi-client';
import { simExecutable } from '@boti/cpi-sim';
import { tempDir } from '@boti/testkit';
import { Cleanups } from './support/cleanups.ts';
import { isQuick, report, timed } from './support/report.ts';

const calls = 1000;
const coldCalls = isQuick ? 3 : 10;

await using cleanups = new Cleanups();
const stateDir = await tempDir(cleanups);
for (const warm of [true, false]) {
  await using cpi = openCpi({
    executable: simExecutable,
    directorUuid: randomUUID(),
    preferWarm: warm,
    properties: { stateDir, agent: { mbus: 'nats://127.0.0.1:1', blobstore: { provider: 'local', options: {} } } },
  });
  const ask = (): Promise<boolean> => cpi.cloud().hasVm(vmCid('none'));
  await ask();
  const count = warm ? calls : coldCalls;
  const { seconds } = await timed(async () => {
    for (let call = 0; call < count; call += 1) await ask();
  });
  if (warm) report('has-vm/1000-warm', seconds, 's');
  else report('has-vm/one-cold', (seconds / count) * 1000, 'ms');
  if (!warm) continue;
  const together = await timed(() => Promise.all(Array.from({ length: calls }, ask)));
  report('has-vm/1000-warm-at-once', together.seconds, 's');
}
