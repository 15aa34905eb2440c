import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '@boti/testkit';
import type { Instance, Operation, RedisDeployment } from '../scene/redis-deployment.ts';
import type { Stage } from './redis-life-cycle.ts';

const replicas = (value: number): Operation => ({ path: '/instance_groups/name=replica/instances', value });
const property = (group: string, name: string, value: string): Operation => ({
  path: `/instance_groups/name=${group}/jobs/name=redis/properties/${name}`,
  value,
});

/** Deploys that change something, and those that do not. */
export function changeSteps(stage: Stage): void {
  test('a deploy without changes touches nothing', async () => {
    const { cli, deploy } = stage();
    const before = await processes(stage());

    await deploy();

    assert.deepEqual(await processes(stage()), before);
    const [task] = await cli.rows('tasks', '--recent=1');
    assert.equal(task?.state, 'done');
    assert.doesNotMatch(await cli.run('task', task?.id ?? '', '--event'), /Updating instance/);
  });

  test('two replicas become four, with the data, and leave the others alone', async () => {
    const { deploy, instances, expectReplicated } = stage();
    const before = await processes(stage());

    await deploy(replicas(4));

    assert.equal((await instances('replica')).length, 4);
    assert.deepEqual(
      Object.entries(await processes(stage())).filter(([vm]) => vm in before),
      Object.entries(before),
    );
    await expectReplicated('before', 'everything');
  });

  test('four replicas become one; three disks are kept as orphans', async () => {
    const { cli, deploy, instances, primary, redis } = stage();
    const { ip } = await primary();

    await deploy(replicas(1));

    assert.equal((await instances('replica')).length, 1);
    assert.equal((await cli.rows('vms')).length, 2);
    assert.equal((await cli.rows('disks', '--orphaned')).length, 3);
    await waitFor('one replica', async () => /connected_slaves:1\r/.test(String(await redis(ip, 'INFO'))));
  });

  test('a changed property restarts the jobs that have it and no others', async () => {
    const { deploy, instances, primary, redis } = stage();
    const [first, replica] = [await primary(), (await instances('replica'))[0] as Instance];
    const before = await processes(stage());

    await deploy(replicas(1), property('replica', 'maxmemory_policy?', 'allkeys-lru'));

    const after = await processes(stage());
    assert.equal(after[first.vm], before[first.vm], 'the primary was restarted');
    assert.notEqual(after[replica.vm], before[replica.vm], 'the replica was not restarted');
    assert.deepEqual(await redis(replica.ip, 'CONFIG', 'GET', 'maxmemory-policy'), ['maxmemory-policy', 'allkeys-lru']);
    assert.deepEqual(await redis(first.ip, 'CONFIG', 'GET', 'maxmemory-policy'), ['maxmemory-policy', 'noeviction']);
  });

  test('a bigger disk takes the data along', async () => {
    const { cli, deploy, primary, redis, expectReplicated } = stage();
    const before = await primary();

    await deploy(replicas(2), { path: '/instance_groups/name=primary/persistent_disk_type', value: 'large' });

    const after = await primary();
    assert.notEqual(after.disk, before.disk);
    assert.deepEqual(after, { ...before, disk: after.disk });
    assert.equal(await redis(after.ip, 'GET', 'before'), 'everything');
    await expectReplicated('before', 'everything');
    assert.ok((await cli.rows('disks', '--orphaned')).some(({ disk_cid }) => disk_cid === before.disk));
    assert.match(await cli.run('ssh', 'primary', '--command', 'df -h /var/vcap/store'), / 3\.9G /);
  });
}

/** Redis's run id by VM: a new one tells of a new process. */
async function processes({ instances, runId }: RedisDeployment): Promise<Record<string, string>> {
  const pairs = (await instances()).map(async ({ vm, ip }) => [vm, await runId(ip)] as const);
  return Object.fromEntries((await Promise.all(pairs)).toSorted());
}
