import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitFor } from '@boti/testkit';
import { AgentProcess } from './agent-process.ts';

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' }).trim();

function loopDisk(agent: AgentProcess, name: string, sizeMib = 32): string {
  const image = join(agent.dir, `${name}.img`);
  run('truncate', '-s', `${sizeMib}M`, image);
  const device = run('losetup', '-P', '-f', '--show', image);
  agent.defer(() => {
    spawnSync('partx', ['-d', device]);
    run('losetup', '-d', device);
  });
  return device;
}

function unmountAll(dir: string): void {
  const mounted = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  for (const line of mounted.toReversed()) {
    const path = line.split(' ')[1] ?? '';
    if (path.startsWith(dir)) run('umount', path);
  }
}

for (const isWhole of [true, false]) {
  test(`a persistent disk is ${isWhole ? 'used whole' : 'partitioned'}, keeps its data, and migrates to another`, async (t) => {
    const agent = await AgentProcess.start(t, { linux: { UsePreformattedPersistentDisk: isWhole } });
    const first = loopDisk(agent, 'first');
    const second = loopDisk(agent, 'second', 64);
    agent.defer(() => unmountAll(agent.dir));
    const { client } = agent;
    const marker = join(agent.base, 'store/data');

    await client.call('add_persistent_disk', ['cid-1', { path: first }]);
    assert.deepEqual(await client.call('list_disk', []), []);
    await client.call('mount_disk', ['cid-1']);
    assert.deepEqual(await client.call('list_disk', []), ['cid-1']);
    writeFileSync(marker, 'kept');
    run('setfattr', '-n', 'user.note', '-v', 'x', marker);

    await client.call('add_persistent_disk', ['cid-2', { path: second }]);
    await client.call('mount_disk', ['cid-2']);
    await client.call('migrate_disk', ['cid-1', 'cid-2']);
    assert.deepEqual(await client.call('list_disk', []), ['cid-2']);
    assert.equal(readFileSync(marker, 'utf8'), 'kept');
    assert.match(run('getfattr', '-d', '--absolute-names', marker), /user.note="x"/);

    assert.deepEqual(await client.call('unmount_disk', ['cid-1']), { message: 'Partition of cid-1 is not mounted' });
    await client.call('remove_persistent_disk', ['cid-1']);
    assert.deepEqual(await client.call('unmount_disk', ['cid-2']), { message: 'Unmounted partition of cid-2' });
    await client.call('mount_disk', ['cid-2']);
    assert.equal(readFileSync(marker, 'utf8'), 'kept');

    await agent.stopAgent();
    unmountAll(agent.dir);
    agent.startAgent();
    await client.waitUntilReady({ timeoutMs: 10_000 });
    await waitFor('the disk is mounted again', async () => (await client.call('list_disk', [])).includes('cid-2'));
    assert.equal(readFileSync(marker, 'utf8'), 'kept');
    const vitals = (await client.call('get_state', ['full'])).vitals;
    assert.match(vitals?.disk?.persistent?.percent ?? '', /^\d+$/);
    await assert.rejects(
      client.call('mount_disk', ['unknown']),
      /Persistent disk with volume id 'unknown' could not be found/,
    );
  });
}

test('to unmount a disk in use can be cancelled, and what uses it is named', async (t) => {
  const agent = await AgentProcess.start(t, { linux: { UsePreformattedPersistentDisk: true } });
  const device = loopDisk(agent, 'busy');
  agent.defer(() => unmountAll(agent.dir));
  const { client } = agent;
  await client.call('add_persistent_disk', ['cid', { path: device }]);
  await client.call('mount_disk', ['cid']);
  const user = spawn('sleep', ['1000'], { cwd: join(agent.base, 'store') });
  agent.defer(() => user.kill());
  const cancelling = new AbortController();

  const unmounting = client.call('unmount_disk', ['cid'], { signal: cancelling.signal });
  await waitFor('the agent to try', async () => agent.log.includes('unmount_disk'));
  cancelling.abort(new Error('enough'));
  await assert.rejects(unmounting, /enough/);

  assert.deepEqual(await client.call('list_disk', []), ['cid']);
  await waitFor('the log', async () => agent.log.includes(`used by sleep (${user.pid})`));
  // Nothing waits behind it: tasks run one after the other.
  user.kill();
  assert.deepEqual(await client.call('unmount_disk', ['cid']), { message: 'Unmounted partition of cid' });
});
