import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isThere, openTempDir } from '@boti/core';
import { migrateLegacyState } from './migrate-legacy-state.ts';
import { defaultStatePath, openStateFile, readState } from './state-file.ts';

test('the file has the keys in upstream order, four spaces, and is for its owner only', async () => {
  await using dir = await openTempDir('state-');
  const path = join(dir.path, 's.json');

  const file = await openStateFile(path);
  await file.update({ current_vm_cid: 'vm-1' });

  const text = await readFile(path, 'utf8');
  assert.deepEqual(Object.keys(JSON.parse(text) as object), [
    ...['director_id', 'installation_id', 'current_vm_cid', 'current_stemcell_id', 'current_disk_id'],
    ...['current_release_ids', 'current_manifest_sha', 'disks', 'stemcells', 'releases'],
  ]);
  assert.match(text, /^\{\n {4}"director_id": "[0-9a-f-]{36}",\n/);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('keys that a newer CLI has written are kept', async () => {
  await using dir = await openTempDir('state-');
  const path = join(dir.path, 's.json');
  await writeFile(path, '{"director_id": "d", "installation_id": "i", "disks": null, "future": {"a": 1}}');

  const file = await openStateFile(path, await readState(path));
  await file.update({ current_vm_cid: 'vm-1' });

  const state = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  assert.deepEqual(state.future, { a: 1 });
  assert.deepEqual([state.director_id, state.disks], ['d', []]);
});

test('a creation is in the file until what came of it is', async () => {
  await using dir = await openTempDir('state-');
  const path = join(dir.path, 's.json');
  const file = await openStateFile(path);
  const creation = { id: 'agent-1', kind: 'vm' } as const;

  await file.begin(creation);
  assert.deepEqual((await readState(path))?.boti_creations, [creation]);
  await file.finish(creation, { current_vm_cid: 'vm-1' });

  assert.equal((await readState(path))?.current_vm_cid, 'vm-1');
  assert.doesNotMatch(await readFile(path, 'utf8'), /boti_creations/);
});

test('it stands beside the manifest', () => {
  assert.equal(defaultStatePath('/a/b/env.yml'), '/a/b/env-state.json');
});

test("a MicroBOSH's state is taken over, and its file removed", async () => {
  await using dir = await openTempDir('state-');
  const manifest = join(dir.path, 'env.yml');
  const legacy = join(dir.path, 'bosh-deployments.yml');
  await writeFile(
    legacy,
    '---\ninstances:\n- :id: 1\n  :name: micro\n  :uuid: bm-1\n  :vm_cid: i-1\n  :disk_cid: vol-1\n  :stemcell_cid: ami-1\n  :stemcell_name: light\n',
  );

  const file = await migrateLegacyState(manifest, defaultStatePath(manifest));

  const { director_id: director, current_vm_cid: vm, disks, current_disk_id: disk, stemcells } = file?.state ?? {};
  assert.deepEqual([director, vm], ['bm-1', 'i-1']);
  assert.deepEqual(disks, [{ id: disk, cid: 'vol-1', size: 0, cloud_properties: {} }]);
  assert.deepEqual(
    stemcells?.map(({ name, version, cid }) => [name, version, cid]),
    [['light', '', 'ami-1']],
  );
  assert.equal(await isThere(legacy), false);
});
