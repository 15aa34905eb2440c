import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { errnoOf } from '@boti/core';
import { deleteDeploymentTask } from '../src/tasks/task-kinds.ts';
import { errorOf, startDeployLab, succeeded, webManifest, webRelease } from './support/deploy-lab.ts';

/** The blobstore lies on a disk of 4 MiB. Needs root. */
const run = promisify(execFile);
let blobs = '';
after(() => run('umount', ['--lazy', blobs]));
const lab = await startDeployLab({ after });
blobs = join(lab.directory, 'blobs');
await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', blobs]);
const filler = join(blobs, 'filler');

test('a deploy on a full disk says so; with more room the next one goes on from there', async () => {
  succeeded(await lab.uploadRelease(webRelease));
  succeeded(await lab.deploy(webManifest));
  const { vms } = await lab.cloud();
  const changed = webManifest.replace('greeting: hi', 'greeting: hello').replace('instances: 2', 'instances: 3');
  await fillDisk();

  const refused = await lab.deploy(changed);

  assert.match(errorOf(refused).message, /The disk of the Director is full: /);
  assert.match(errorOf(refused).hint ?? '', /Free space/);
  await rm(filler);
  succeeded(await lab.deploy(changed));
  assert.equal((await lab.cloud()).vms.length, vms.length + 1);
});

test('a full disk does not keep a deployment from being deleted', async () => {
  await fillDisk();

  const task = await lab.run(deleteDeploymentTask, { deployment: 'web', force: false, keepSnapshots: false }, 'web');

  succeeded(task);
  assert.deepEqual((await lab.cloud()).vms, []);
});

async function fillDisk(): Promise<void> {
  await using file = await open(filler, 'w');
  try {
    for (;;) await file.write(Buffer.alloc(4096));
  } catch (error) {
    if (errnoOf(error) !== 'ENOSPC') throw error;
  }
}
