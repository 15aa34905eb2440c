import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { blobId, verifyFileDigest } from '@boti/core';
import { extractRelease } from '@boti/release';
import {
  deleteDeploymentTask,
  deleteReleaseTask,
  exportReleaseTask,
  updateReleaseTask,
} from '../src/tasks/task-kinds.ts';
import { startDeployLab, webManifest, webRelease } from './support/deploy-lab.ts';

const wanted = {
  deployment: 'web',
  release: 'web',
  stemcellOs: 'sim-os',
  stemcellVersion: '1.1',
  sha2: true,
  jobs: [],
};

test('an exported release deploys elsewhere without being compiled again', async (t) => {
  const lab = await startDeployLab(t);
  await lab.uploadRelease(webRelease);
  assert.equal((await lab.deploy(webManifest)).state, 'done');
  const [{ version = '' } = {}] = (
    await lab.database.query<{ version: string }>('select version from release_versions')
  ).rows;

  const exported = await lab.run(exportReleaseTask, { ...wanted, version }, 'web');

  assert.deepEqual([exported.state, exported.result], ['done', `Exported release: web/${version} for sim-os/1.1`]);
  const stages = exported.events.map(({ stage, total }) => `${stage} ${total}`);
  assert.deepEqual([...new Set(stages)], ['Preparing package compilation 1', 'copying packages 2', 'copying jobs 2']);
  const { blobstore_id: id, sha1 } = JSON.parse(exported.output) as { blobstore_id: string; sha1: string };
  const path = join(lab.directory, 'exported.tgz');
  await lab.services.blobstore.get(blobId(id), path);
  await verifyFileDigest(path, sha1);
  await mkdir(join(lab.directory, 'unpacked'));
  const unpacked = await extractRelease(path, join(lab.directory, 'unpacked'));
  assert.deepEqual(
    unpacked.compiledPackages.map(({ name, stemcell, dependencies }) => ({ name, stemcell, dependencies })),
    [
      { name: 'app', stemcell: 'sim-os/1.1', dependencies: ['lib'] },
      { name: 'lib', stemcell: 'sim-os/1.1', dependencies: [] },
    ],
  );

  await lab.run(deleteDeploymentTask, { deployment: 'web', force: false, keepSnapshots: false }, 'web');
  const deleted = await lab.run(deleteReleaseTask, { name: 'web', version: null, force: false });
  assert.equal(deleted.state, 'done', deleted.result ?? '');
  const uploaded = await lab.run(updateReleaseTask, { tarball: { path }, rebase: false, fix: false });
  assert.equal(uploaded.state, 'done', uploaded.result ?? '');
  const again = await lab.deploy(webManifest);
  assert.equal(again.state, 'done', again.result ?? '');
  assert.ok(!again.events.some(({ stage }) => stage === 'Compiling packages'));
});

test('only what the deployment names exactly is exported', async (t) => {
  const lab = await startDeployLab(t);
  await lab.uploadRelease(webRelease);
  await lab.deploy(webManifest);

  const other = await lab.run(exportReleaseTask, { ...wanted, version: 'latest' }, 'web');

  assert.equal(other.state, 'error');
  assert.match(JSON.stringify(other.events.at(-1)), /"code":30011/);
});

test('compiled packages that the Director has may be left out of the tarball', async (t) => {
  const lab = await startDeployLab(t);
  await lab.uploadRelease(webRelease);
  await lab.deploy(webManifest);
  const { rows } = await lab.database.query<{ version: string }>('select version from release_versions');
  const exported = await lab.run(exportReleaseTask, { ...wanted, version: rows[0]?.version ?? '' }, 'web');
  const { blobstore_id: id } = JSON.parse(exported.output) as { blobstore_id: string };
  const path = join(lab.directory, 'exported.tgz');
  const upload = async (name: string) => {
    await lab.services.blobstore.get(blobId(id), path);
    return lab.run(updateReleaseTask, { tarball: { path: await thinned(path, name) }, rebase: false, fix: false });
  };

  const again = await upload('web');
  const otherName = await upload('other');

  assert.deepEqual([again.state, otherName.state], ['done', 'done'], `${again.result} ${otherName.result}`);
  assert.ok(again.events.some(({ stage }) => stage === 'Processing 2 existing packages'));
  const copies = await lab.database.query<{ blobstore_id: string }>('select blobstore_id from compiled_packages');
  assert.equal(new Set(copies.rows.map((row) => row.blobstore_id)).size, 4);
  await lab.database.query('truncate compiled_packages');
  assert.match(
    JSON.stringify((await upload('web')).events.at(-1)),
    /lacks compiled package 'app'.*Upload the release again/,
  );
});

/** As a client sends it: under this name, without the packages. */
async function thinned(tarball: string, name: string): Promise<string> {
  const script =
    'rm -rf "$2"; mkdir "$2"; tar -xzf "$1" -C "$2"; rm -r "$2/compiled_packages"; ' +
    'sed -i "s/^name: .*/name: $3/" "$2/release.MF"; tar -czf "$1" -C "$2" .';
  await promisify(execFile)('sh', ['-euc', script, 'sh', tarball, `${tarball}-unpacked`, name]);
  return tarball;
}
