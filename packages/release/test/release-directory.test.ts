import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  addBlob,
  convertDigests,
  createRelease,
  extractRelease,
  finalizeRelease,
  generateJob,
  generatePackage,
  initRelease,
  listBlobs,
  readJob,
  readReleaseManifest,
  removeBlob,
  resetRelease,
  syncBlobs,
  uploadBlobs,
  vendorPackage,
} from '../src/index.ts';

interface Workshop extends AsyncDisposable {
  readonly root: string;
  /** A release with one job, two packages and a local blobstore. */
  readonly dir: string;
  readonly cacheDir: string;
}

async function workshop(): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), 'release-directory-'));
  const dir = join(root, 'shop');
  await initRelease(dir, { git: true });
  await writeFile(
    join(dir, 'config/final.yml'),
    `name: shop\nblobstore: {provider: local, options: {blobstore_path: ${join(root, 'blobstore')}}}\n`,
  );
  await generateJob(dir, 'web');
  await writeFile(
    join(dir, 'jobs/web/spec'),
    '---\nname: web\ntemplates: {ctl.erb: bin/ctl}\npackages: [app]\nproperties: {port: {default: 80}}\n',
  );
  await writeFile(join(dir, 'jobs/web/templates/ctl.erb'), 'exec app <%= p("port") %>\n');
  await generatePackage(dir, 'app');
  await writeFile(join(dir, 'packages/app/spec'), '---\nname: app\ndependencies: [base]\nfiles: ["app/**/*"]\n');
  await generatePackage(dir, 'base');
  await mkdir(join(dir, 'src/app'), { recursive: true });
  await writeFile(join(dir, 'src/app/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  return { root, dir, cacheDir: join(root, 'cache'), [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

test('a dev release can be packed, unpacked and read', async () => {
  await using shop = await workshop();
  const tarball = join(shop.root, '((name))-((version)).tgz');

  const created = await createRelease({ ...shop, force: true, tarball });

  const path = join(shop.root, 'shop-0+dev.1.tgz');
  assert.equal(created.tarball, path);
  assert.deepEqual(await readReleaseManifest(path), created.manifest);
  const { jobs, packages } = await extractRelease(path, join(shop.root, 'unpacked'));
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['app', 'base'],
  );
  const job = await readJob(jobs[0]?.path ?? '', { name: 'web' });
  assert.deepEqual([...job.templates], [['ctl.erb', 'exec app <%= p("port") %>\n']]);
  assert.deepEqual(job.spec.properties, { port: { default: 80 } });
});

test('the same sources give the same tarball, byte for byte', async () => {
  await using shop = await workshop();
  const build = async (cache: string): Promise<Buffer> => {
    await rm(join(shop.dir, '.dev_builds'), { recursive: true, force: true });
    await rm(join(shop.dir, 'dev_releases'), { recursive: true, force: true });
    const tarball = join(shop.root, 'same.tgz');
    await createRelease({ dir: shop.dir, cacheDir: join(shop.root, cache), force: true, tarball });
    return await readFile(tarball);
  };

  assert.deepEqual(await build('one'), await build('two'));
});

test('dev versions count up, from the last final release on', async () => {
  await using shop = await workshop();
  const versionOf = async (options: object = {}): Promise<string> =>
    (await createRelease({ ...shop, force: true, ...options })).manifest.version;

  assert.equal(await versionOf(), '0+dev.1');
  assert.equal(await versionOf(), '0+dev.2');
  assert.equal(await versionOf({ final: true }), '1');
  assert.equal(await versionOf(), '1+dev.1');
  assert.equal(await versionOf({ version: '5.1-rc.2' }), '5.1-rc.2');
  await assert.rejects(versionOf({ version: '5.1-rc.2' }), /already exists/);
});

test('a final release can be packed again from its manifest with an empty cache', async () => {
  await using shop = await workshop();
  const { manifestPath, manifest } = await createRelease({ ...shop, final: true, force: true });
  await resetRelease(shop.dir);
  const tarball = join(shop.root, 'again.tgz');

  const cacheDir = join(shop.root, 'other-cache');
  await createRelease({ dir: shop.dir, cacheDir, manifestPath, tarball, force: true });

  assert.deepEqual(await readReleaseManifest(tarball), manifest);
});

test('a dev tarball can be made final', async () => {
  await using shop = await workshop();
  const tarball = join(shop.root, 'dev.tgz');
  await createRelease({ ...shop, force: true, tarball });

  const { manifest } = await finalizeRelease({ ...shop, tarball, version: '7', force: true });

  assert.equal(manifest.version, '7');
  assert.deepEqual(await readdir(join(shop.dir, 'releases/shop')), ['index.yml', 'shop-7.yml']);
});

test('blobs are added, uploaded, synced and removed', async () => {
  await using shop = await workshop();
  await writeFile(join(shop.root, 'lib.tgz'), 'a library');
  await addBlob(shop.dir, join(shop.root, 'lib.tgz'), 'lib/lib.tgz');
  await uploadBlobs(shop);
  await rm(join(shop.dir, 'blobs'), { recursive: true });
  await mkdir(join(shop.dir, 'blobs'));
  await writeFile(join(shop.dir, 'blobs/stray'), 'not listed');

  await syncBlobs(shop);

  assert.equal(await readFile(join(shop.dir, 'blobs/lib/lib.tgz'), 'utf8'), 'a library');
  assert.equal((await stat(join(shop.dir, 'blobs/lib/lib.tgz'))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(join(shop.dir, 'blobs')), ['lib']);
  await removeBlob(shop.dir, 'lib/lib.tgz');
  assert.deepEqual(await listBlobs(shop.dir), []);
  assert.equal(await readFile(join(shop.dir, 'config/blobs.yml'), 'utf8'), '--- {}\n');
});

test('a damaged blob in the blobstore is refused and leaves nothing behind', async () => {
  await using shop = await workshop();
  await writeFile(join(shop.root, 'lib.tgz'), 'a library');
  const { sha } = await addBlob(shop.dir, join(shop.root, 'lib.tgz'), 'lib.tgz');
  await uploadBlobs(shop);
  const [blob] = await listBlobs(shop.dir);
  await writeFile(join(shop.root, 'blobstore', blob?.objectId ?? ''), 'something else');
  await rm(join(shop.dir, 'blobs/lib.tgz'));

  await assert.rejects(syncBlobs(shop), (error: AggregateError) => String(error.errors).includes(sha));

  assert.deepEqual(await readdir(join(shop.dir, 'blobs')), []);
});

test('a package is vendored with what it depends on', async () => {
  await using shop = await workshop();
  const other = join(shop.root, 'other');
  await initRelease(other);
  await writeFile(
    join(other, 'config/final.yml'),
    (await readFile(join(shop.dir, 'config/final.yml'), 'utf8')).replace('shop', 'other'),
  );

  await vendorPackage({ dir: other, cacheDir: shop.cacheDir, name: 'app', from: shop.dir, prefix: 'pre' });

  const lock = await readFile(join(other, 'packages/pre-app/spec.lock'), 'utf8');
  assert.match(lock, /^name: pre-app\nfingerprint: [0-9a-f]{64}\ndependencies:\n- base\n$/);
  assert.deepEqual(await readdir(join(other, 'packages')), ['pre-app', 'pre-base']);
});

test('digests are converted to SHA-1 and back', async () => {
  await using shop = await workshop();
  const [tarball, one, two] = ['a', 'b', 'c'].map((name) => join(shop.root, `${name}.tgz`)) as [string, string, string];
  const { manifest } = await createRelease({ ...shop, force: true, tarball });

  const sha1 = await convertDigests(tarball, one, { algorithm: 'sha1' });
  await convertDigests(one, two, { algorithm: 'sha256' });

  assert.match(sha1.jobs[0]?.sha1 ?? '', /^[0-9a-f]{40}$/);
  assert.deepEqual(await readReleaseManifest(two), manifest);
});

test('an aborted build leaves no half-written file', async () => {
  await using shop = await workshop();
  const controller = new AbortController();
  const onProgress = (message: string): void => {
    if (message.startsWith('Adding package')) controller.abort(new Error('stopped'));
  };

  await assert.rejects(createRelease({ ...shop, force: true, onProgress, signal: controller.signal }), /stopped/);

  const left = await readdir(shop.cacheDir).catch(() => []);
  assert.deepEqual(
    left.filter((name) => name.endsWith('.part')),
    [],
  );
});
