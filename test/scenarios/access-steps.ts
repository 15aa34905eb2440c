import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '@boti/core';
import type { Stage } from './redis-life-cycle.ts';

/** Looking into VMs, and at what the Director has done. */
export function accessSteps(stage: Stage): void {
  test('ssh runs a command on every VM of a group, as a user who may use sudo', async () => {
    const { cli, instances } = stage();

    const output = await cli.run('ssh', 'replica', '--command', 'id -un && sudo id -un');

    for (const { slug } of await instances('replica')) {
      assert.match(output, new RegExp(`^${slug}: stdout \\| bosh_`, 'm'));
      assert.match(output, new RegExp(`^${slug}: stdout \\| root`, 'm'));
    }
  });

  test('scp carries a file there and back', async () => {
    const { cli, director } = stage();
    const [there, back] = [join(director.dir, 'there.txt'), join(director.dir, 'back.txt')];
    await writeFile(there, 'carried');

    await cli.run('scp', there, 'primary/0:/tmp/carried.txt');
    await cli.run('scp', 'primary/0:/tmp/carried.txt', back);

    assert.equal(await readFile(back, 'utf8'), 'carried');
  });

  test('logs are downloaded, of one instance and of all', async () => {
    const { cli, director } = stage();
    const dir = join(director.dir, 'logs');
    await mkdir(dir);

    await cli.run('logs', 'primary', '--dir', dir);
    const [one = ''] = await readdir(dir);
    await cli.run('logs', '--dir', dir);
    const all = (await readdir(dir)).find((name) => name !== one) ?? '';

    assert.match(await contents(join(dir, one)), /^\.\/redis\/redis\.stdout\.log$/m);
    assert.equal((await contents(join(dir, all))).match(/^\.\/(primary|replica)\..*\.tgz$/gm)?.length, 3);
  });

  test('tasks, events, variables and the manifest tell what was done', async () => {
    const { cli } = stage();
    const tasks = await cli.rows('tasks', '--recent=100');
    const deploy = tasks.find(({ description }) => description === 'create deployment');

    const [events, cpi, debug] = await Promise.all(
      ['--event', '--cpi', '--debug'].map((log) => cli.run('task', deploy?.id ?? '', log)),
    );

    assert.deepEqual(new Set(tasks.map(({ state }) => state)), new Set(['done']));
    assert.match(events ?? '', /"stage":"Updating instance"/);
    assert.match(cpi ?? '', /create_disk/);
    assert.match(debug ?? '', /lock:deployment:redis/);
    const deploys = await cli.rows('events', '--action', 'update', '--object-type', 'deployment');
    assert.ok(
      deploys.every(({ user, error }) => user === 'admin' && error === ''),
      JSON.stringify(deploys),
    );
    assert.deepEqual(await cli.rows('locks'), []);
    assert.match(await cli.run('manifest'), /^name: redis$/m);
    assert.deepEqual(
      (await cli.rows('errands')).map(({ name }) => name),
      ['smoke-tests'],
    );
  });

  test('vitals and processes come from the VMs', async () => {
    const { cli } = stage();

    const vms = await cli.rows('vms', '--vitals');
    const processes = (await cli.rows('instances', '--ps')).filter(({ process }) => process !== '');

    assert.equal(vms.length, 3);
    assert.ok(vms.every(({ memory_usage, uptime }) => /%/.test(memory_usage ?? '') && /^\d+d /.test(uptime ?? '')));
    assert.deepEqual(
      processes.map(({ process, process_state }) => `${process} ${process_state}`),
      Array(3).fill('redis running'),
    );
  });
}

const contents = async (tarball: string): Promise<string> => (await runCommand('tar', ['-tzf', tarball])).stdout;
