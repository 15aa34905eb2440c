import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cleanup, tempDir } from '@boti/testkit';
import { createRelease, parseReleaseManifest, syncBlobs } from '../src/index.ts';

interface Place {
  readonly dir: string;
  readonly cacheDir: string;
  /** A file that is none of the release's. */
  readonly victim: string;
}

async function place(t: Cleanup): Promise<Place> {
  const root = await tempDir(t);
  const [dir, cacheDir, victim] = [join(root, 'release'), join(root, 'cache'), join(root, 'victim')];
  for (const folder of ['config', 'packages/p']) await mkdir(join(dir, folder), { recursive: true });
  await mkdir(cacheDir);
  await writeFile(victim, 'mine');
  const blobstore = `blobstore: {provider: local, options: {blobstore_path: ${root}/store}}\n`;
  await writeFile(join(dir, 'config/final.yml'), `name: r\n${blobstore}`);
  await writeFile(join(dir, 'packages/p/spec'), '---\nname: p\n');
  await writeFile(join(dir, 'packages/p/packaging'), 'true\n');
  return { dir, cacheDir, victim };
}

test('a release.MF whose names would lead elsewhere is refused', () => {
  for (const name of ['../../x', '/x', '..', '', 'a/b', 'a\u0000b']) {
    const entry = `{name: ${JSON.stringify(name)}, version: f, fingerprint: f, sha1: ${'0'.repeat(40)}}`;

    assert.throws(() => parseReleaseManifest(`name: r\nversion: "1"\njobs: [${entry}]\n`, 'f'), /jobs.0.name/);
    assert.throws(() => parseReleaseManifest(`name: ${JSON.stringify(name)}\nversion: "1"\n`, 'f'), /name/);
  }
});

for (const index of ['.dev_builds', '.final_builds']) {
  test(`a digest in ${index} that would lead elsewhere touches nothing there`, async (t) => {
    const { dir, cacheDir, victim } = await place(t);
    const { manifest } = await createRelease({ dir, cacheDir, force: true });
    const fingerprint = manifest.packages?.[0]?.fingerprint ?? '';
    const entry = `{version: ${fingerprint}, blobstore_id: x, sha1: "sha1:../victim"}`;
    await mkdir(join(dir, index, 'packages/p'), { recursive: true });
    await writeFile(join(dir, index, 'packages/p/index.yml'), `builds: {${fingerprint}: ${entry}}\n`);
    await writeFile(join(dir, '.dev_builds/packages/p/index.yml'), `builds: {${fingerprint}: ${entry}}\n`);

    await assert.rejects(createRelease({ dir, cacheDir, force: true }), /is not hexadecimal/);

    assert.equal(await readFile(victim, 'utf8'), 'mine');
  });
}

test('a digest or an id in config/blobs.yml that would lead elsewhere is refused', async (t) => {
  const { dir, cacheDir, victim } = await place(t);
  await writeFile(join(dir, 'config/blobs.yml'), 'b: {size: 1, object_id: x, sha: "../victim"}\n');
  await assert.rejects(syncBlobs({ dir, cacheDir }), (error: AggregateError) =>
    /hexadecimal/.test(String(error.errors)),
  );

  await writeFile(join(dir, 'config/blobs.yml'), `b: {size: 1, object_id: ../victim, sha: ${'0'.repeat(40)}}\n`);
  await assert.rejects(syncBlobs({ dir, cacheDir }), (error: AggregateError) =>
    /cannot be the id/.test(String(error.errors)),
  );

  assert.equal(await readFile(victim, 'utf8'), 'mine');
});
