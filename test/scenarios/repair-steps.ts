import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '@boti/testkit';
import type { Stage } from './redis-life-cycle.ts';

/** VMs and processes come and go; the data stays. */
export function repairSteps(stage: Stage): void {
  test('a recreated replica gets a new VM, keeps its disk and has the data', async () => {
    const { cli, instances, expectReplicated } = stage();
    const [before, other] = await instances('replica');

    await cli.run('recreate', before?.slug ?? '');

    const [after, untouched] = await instances('replica');
    assert.notEqual(after?.vm, before?.vm);
    assert.deepEqual(after, { ...before, vm: after?.vm });
    assert.deepEqual(untouched, other);
    await expectReplicated('before', 'everything');
  });

  test('the recreated primary reads its data from the disk', async () => {
    const { cli, primary, redis, runId, expectReplicated } = stage();
    const before = await primary();
    const process = await runId(before.ip);
    await redis(before.ip, 'SET', 'recreated', 'no');

    await cli.run('recreate', 'primary');

    const after = await primary();
    assert.notEqual(after.vm, before.vm);
    assert.deepEqual(after, { ...before, vm: after.vm });
    assert.notEqual(await runId(after.ip), process);
    assert.equal(await redis(after.ip, 'GET', 'recreated'), 'no');
    await redis(after.ip, 'SET', 'recreated', 'yes');
    await expectReplicated('recreated', 'yes');
  });

  test('stop ends the processes, start brings them back; the VM stays', async () => {
    const { cli, instances, primary, redis, runId } = stage();
    const before = await primary();
    const process = await runId(before.ip);

    await cli.run('stop', 'primary');
    assert.equal((await primary()).state, 'stopped');
    await assert.rejects(redis(before.ip, 'PING'), /ECONNREFUSED/);
    await cli.run('start', 'primary');

    assert.deepEqual(await primary(), before);
    assert.notEqual(await runId(before.ip), process);
    assert.equal(await redis(before.ip, 'GET', 'before'), 'everything');
    assert.ok((await instances()).every(({ state }) => state === 'running'));
  });

  test('restart gives a new process, stop --hard takes the VM away and start brings another', async () => {
    const { cli, instances, runId, expectReplicated } = stage();
    const [before] = await instances('replica');
    const { slug = '', ip = '' } = before ?? {};
    const process = await runId(ip);

    await cli.run('restart', slug);
    assert.notEqual(await runId(ip), process);
    await cli.run('stop', slug, '--hard');
    assert.equal((await cli.rows('vms')).length, 2);
    await cli.run('start', slug);

    const [after] = await instances('replica');
    assert.notEqual(after?.vm, before?.vm);
    assert.deepEqual(after, { ...before, vm: after?.vm });
    await expectReplicated('before', 'everything');
  });

  test('a killed Redis is started again by the job supervisor', async () => {
    const { cli, primary, redis, runId } = stage();
    const { ip } = await primary();
    const process = await runId(ip);

    await cli.run('ssh', 'primary', '--command', 'sudo pkill -KILL redis-server');

    const restarted = await waitFor(
      'another Redis',
      async () => {
        const id = await runId(ip).catch(() => process);
        // While it loads its data it answers with an error.
        return id !== process && id !== '' && (await redis(ip, 'PING').catch(() => false));
      },
      60_000,
    );
    assert.equal(restarted, 'PONG');
    assert.equal(await redis(ip, 'GET', 'before'), 'everything');
  });
}
