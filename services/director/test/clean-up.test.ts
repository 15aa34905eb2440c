import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saveConfig } from '../src/configs/save-config.ts';
import { listOrphanDisks } from '../src/disks/disk-store.ts';
import { listVersions } from '../src/releases/release-store.ts';
import { listStemcells } from '../src/stemcells/stemcell-store.ts';
import { cleanUpTask, deleteDeploymentTask } from '../src/tasks/task-kinds.ts';
import { startDeployLab, webManifest, webRelease } from './support/deploy-lab.ts';

test('a clean up leaves what is deployed, and takes the rest when it is told to take all', async (t) => {
  const lab = await startDeployLab(t);
  await lab.uploadRelease(webRelease);
  await lab.deploy(webManifest);

  const during = await lab.run(cleanUpTask, { removeAll: true, keepOrphanedDisks: false });
  assert.equal(during.state, 'done', during.result ?? '');
  assert.deepEqual(during.events, []);

  await lab.run(deleteDeploymentTask, { deployment: 'web', force: false, keepSnapshots: false }, 'web');
  assert.equal((await listOrphanDisks(lab.database)).length, 2);
  const careful = await lab.run(cleanUpTask, { removeAll: false, keepOrphanedDisks: false });
  assert.deepEqual([careful.state, careful.events], ['done', []]);

  const thorough = await lab.run(cleanUpTask, { removeAll: true, keepOrphanedDisks: false });
  const finished = thorough.events
    .filter(({ state }) => state === 'finished')
    .map(({ stage, total }) => [stage, total]);
  assert.deepEqual(finished, [
    ['Deleting releases', 1],
    ['Deleting stemcells', 1],
    ['Deleting orphaned disks', 2],
    ['Deleting orphaned disks', 2],
  ]);
  assert.match(
    String(thorough.result),
    /^Deleted 1 release\(s\), 1 stemcell\(s\), 0 extra compiled package\(s\), 2 orph/,
  );
  assert.deepEqual([await listVersions(lab.database), await listStemcells(lab.database)], [[], []]);
});

test('a release that a runtime config names stays', async (t) => {
  const lab = await startDeployLab(t);
  await lab.uploadRelease(webRelease);
  const [{ version = '' } = {}] = await listVersions(lab.database);
  const content = `releases: [{name: web, version: "${version}"}]\n`;
  await saveConfig(lab.database, { type: 'runtime', name: 'default', content, team: null });

  await lab.run(cleanUpTask, { removeAll: true, keepOrphanedDisks: true });

  assert.equal((await listVersions(lab.database)).length, 1);
});
