import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stage } from './redis-life-cycle.ts';

/** Everything goes, in the order in which it lets go of each other. */
export function farewellSteps(stage: Stage): void {
  test('stemcells and releases in use stay', async () => {
    const { cli } = stage();
    const [stemcell] = await cli.rows('stemcells');

    const release = await cli.attempt('delete-release', 'redis');
    const os = await cli.attempt('delete-stemcell', `${stemcell?.name}/${stemcell?.version?.replace('*', '')}`);

    assert.deepEqual([release.exitCode, os.exitCode], [1, 1]);
    assert.match(release.stdout, /still in use by: redis/);
    assert.match(os.stdout, /still in use by: redis/);
  });

  test('delete-deployment leaves no VM, and may be repeated', async () => {
    const { cli } = stage();

    await cli.run('delete-deployment');
    await cli.run('delete-deployment');

    assert.deepEqual(await cli.rows('deployments'), []);
    assert.deepEqual(await cli.rows('orphaned-vms'), []);
    assert.ok((await cli.rows('disks', '--orphaned')).length > 0);
  });

  test('clean-up --all removes what nobody uses', async () => {
    const { cli } = stage();

    await cli.run('clean-up', '--all');

    const left = ['releases', 'stemcells'].map((what) => cli.rows(what));
    assert.deepEqual(await Promise.all([...left, cli.rows('disks', '--orphaned')]), [[], [], []]);
  });
}
