import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { beginCreation } from '../src/cloud/creation-store.ts';
import { errorOf, startDeployLab, succeeded, warningsOf, webManifest, webRelease } from './support/deploy-lab.ts';

/** A CPI without any of boti's extensions, one process a call. */
const lab = await startDeployLab({ after }, ({ cpi }) => ({
  cpi: {
    ...cpi,
    executable: process.execPath,
    args: [join(import.meta.dirname, 'support/foreign-cpi.ts'), cpi.executable],
  },
}));
succeeded(await lab.uploadRelease(webRelease));

const one = webManifest.slice(0, webManifest.indexOf('- name: smoke')).replace('instances: 2', 'instances: 1');
const rubbish = join(lab.directory, 'cloud/rubbish');

test('a CPI that prints rubbish is quoted, and its VM may be left', async () => {
  await writeFile(rubbish, 'create_vm\n');

  const task = await lab.deploy(one);

  assert.match(errorOf(task).message, /gave no valid response in 'create_vm' CPI method/);
  assert.match(errorOf(task).message, /Segmentation fault/);
  await rm(rubbish);
});

test('the next deploy names the agents of VMs that may be left, and goes on', async () => {
  const { rows } = await lab.database.query<{ agent_id: string }>('select agent_id from cloud_creations');

  const task = succeeded(await lab.deploy(one));

  assert.ok(rows.length > 0);
  for (const { agent_id: agentId } of rows) {
    assert.ok(
      warningsOf(task).some(
        (text) => text.includes(`A VM with the agent id '${agentId}'`) && text.includes('may be left'),
      ),
    );
  }
  assert.deepEqual((await lab.database.query('select 1 from cloud_creations')).rows, []);
});

test('what was cut off when the Director was killed is reported the same way, once', async () => {
  const id = '00000000-0000-4000-8000-000000000001';
  const dead = { kind: 'vm', cpi: '', agentId: id, deployment: 'web', instance: 'server/x', taskId: 0 } as const;
  await beginCreation(lab.database, { id, ...dead });

  const told = succeeded(await lab.deploy(one));
  const again = succeeded(await lab.deploy(one));

  assert.deepEqual(warningsOf(told), [
    `A VM with the agent id '${id}' for server/x of deployment 'web', whose creation was cut short, may be left on the cloud: the CPI keeps no journal. Look for it there and delete it.`,
  ]);
  assert.deepEqual(warningsOf(again), []);
});

test('disks and recreation work without the extensions', async () => {
  succeeded(await lab.deploy(one.replace('_disk_type: small', '_disk_type: large'), { recreate: true }));

  const [instance] = await lab.instances('web');
  assert.deepEqual(
    instance?.disks.map(({ sizeMib, active }) => [sizeMib, active]),
    [[2048, true]],
  );
});
