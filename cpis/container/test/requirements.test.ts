/** What the cloud needs of its machine. Needs root. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';
import { cgroupMode, chooseRuntime, requireSpace } from '../src/host/requirements.ts';

const dir = await tempDir({ after });

async function tree(...files: readonly string[]): Promise<string> {
  const root = join(dir, files.join('-').replaceAll('/', '_') || 'none');
  await mkdir(root);
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), '');
  }
  return root;
}

test('control groups are found in each of their versions', async () => {
  assert.equal(await cgroupMode(await tree('cgroup.controllers')), 'v2');
  assert.equal(await cgroupMode(await tree('memory/tasks')), 'v1');
  assert.equal(await cgroupMode(await tree('memory/tasks', 'unified/cgroup.procs')), 'hybrid');
});

test('without them the cloud says so, and how to mount them', async () => {
  await assert.rejects(cgroupMode(await tree()), {
    message: /No control groups are mounted/,
    hint: /mount -t cgroup2/,
  });
});

test('a runtime that is not there is named', async () => {
  const { PATH } = process.env;
  process.env.PATH = dir;
  after(() => (process.env.PATH = PATH));

  await assert.rejects(chooseRuntime('auto', 'v2'), {
    message: /crun or runc is not on PATH/,
    hint: /apt-get install/,
  });

  process.env.PATH = PATH;
});

test('a nearly full disk takes nothing more', async () => {
  const disk = await tree('disk/x');
  await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', join(disk, 'disk')]);
  after(() => runCommand('umount', [join(disk, 'disk')]));

  await assert.rejects(requireSpace(join(disk, 'disk')), {
    type: 'NoDiskSpace',
    message: /Only 4 MiB are free at .*, at least 512 must be/,
  });
});
