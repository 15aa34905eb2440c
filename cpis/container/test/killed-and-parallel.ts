import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestCloud } from './test-cloud.ts';

/** What calls do that are killed, or made at the same time, by whichever way the cloud is called. */
export async function killedAndParallel(cloud: TestCloud): Promise<void> {
  const stemcell = await cloud.call('create_stemcell', cloud.image, {});
  const vmArguments = (agent: string, host: number): readonly unknown[] => [
    agent,
    stemcell,
    {},
    cloud.network(host),
    [],
    {},
  ];

  test('create_vm that is killed at any moment leaves nothing that the next call does not remove', async () => {
    // create_vm takes about half a second: these moments are spread over all of it.
    for (let ms = 60; ms < 700; ms += 45) {
      const child = cloud.start('create_vm', vmArguments('agent-killed', 10));
      await delay(ms);
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }

    const [cid] = (await cloud.call(
      'create_vm',
      ...vmArguments('agent-next', 10).slice(0, 3),
      cloud.network(11),
      [],
      {},
    )) as unknown[];
    const found = await cloud.call('find_creation', 'agent-killed');
    if (found !== null) await cloud.call('delete_vm', found);

    assert.deepEqual(await readdir(join(cloud.stateDir, 'vms')), [cid]);
    await cloud.call('delete_vm', cid);
    const journal = await readdir(join(cloud.stateDir, 'journal'));
    assert.deepEqual(
      journal.filter((name) => name.startsWith('agent')),
      [],
    );
    assert.deepEqual(await cloud.remains(), [`bridge ${cloud.bridge}`]);
  });

  test('32 processes create VMs at the same time, and delete them', async () => {
    const numbers = Array.from({ length: 32 }, (_, index) => index);

    const cids = await Promise.all(
      numbers.map(async (n) => ((await cloud.call('create_vm', ...vmArguments(`agent-${n}`, 20 + n))) as unknown[])[0]),
    );
    await Promise.all(cids.map((cid) => cloud.inVm(cid, `ping -c1 -W5 ${cloud.ip(1)}`)));
    await Promise.all(cids.map((cid) => cloud.call('delete_vm', cid)));

    assert.deepEqual(await cloud.remains(), [`bridge ${cloud.bridge}`]);
  });
}
