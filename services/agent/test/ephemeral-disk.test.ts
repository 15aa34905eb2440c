import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { setUpEphemeralDisk } from '../src/disks/ephemeral-disk.ts';
import { mountAt } from '../src/disks/mounts.ts';

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' }).trim();

test('an ephemeral disk is partitioned once; a later boot finds its data again', async (t) => {
  const dir = await tempDir(t);
  // Runs before the directory is removed.
  using undo = new DisposableStack();
  const image = join(dir, 'disk.img');
  run('truncate', '-s', '64M', image);
  const device = run('losetup', '-P', '-f', '--show', image);
  const mountPoint = join(dir, 'data');
  undo.defer(() => {
    spawnSync('umount', [mountPoint]);
    spawnSync('partx', ['-d', device]);
    run('losetup', '-d', device);
  });
  const options = {
    hint: { path: device },
    resolutionType: '',
    agentId: 'a-long-agent-id-1234',
    swapMib: 0,
    mountPoint,
  };

  await setUpEphemeralDisk({ ...options, clock: systemClock });
  writeFileSync(join(mountPoint, 'kept'), '');
  await setUpEphemeralDisk({ ...options, clock: systemClock });
  run('umount', mountPoint);
  await setUpEphemeralDisk({ ...options, clock: systemClock });

  assert.equal((await mountAt(mountPoint))?.device, `${device}p1`);
  assert.match(run('ls', mountPoint), /kept/);
  assert.match(run('sfdisk', '-d', device), /name="bosh-partition-a-long-agent-i-1"/);
});
