import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { digestOf, openTempDir } from '@boti/core';
import { startProgram, tempDir, testCertificates } from '@boti/testkit';
import { runCli } from './run-cli.ts';

const serverMain = join(import.meta.dirname, '../../services/blobstore-server/src/main.ts');

interface Place {
  readonly dir: string;
  /** Runs a command on the release directory; it must succeed. */
  run(...args: readonly string[]): Promise<string>;
  fail(...args: readonly string[]): Promise<string>;
}

async function place(t: TestContext, finalYml: object): Promise<Place> {
  const root = await tempDir(t);
  const dir = join(root, 'release');
  await mkdir(join(dir, 'config'), { recursive: true });
  await writeFile(join(dir, 'config/final.yml'), JSON.stringify(finalYml));
  const cli = async (exit: number, args: readonly string[]): Promise<string> => {
    const result = await runCli([...args, '--dir', dir], { env: { HOME: join(root, 'home') } });
    assert.equal(result.exit, exit, result.stderr);
    return exit === 0 ? result.stdout : result.stderr;
  };
  return { dir, run: (...args) => cli(0, args), fail: (...args) => cli(1, args) };
}

interface DavServer extends AsyncDisposable {
  readonly options: Readonly<Record<string, unknown>>;
  readonly store: string;
}

/** Our DAV server with TLS; who writes needs a password. */
async function startDav(): Promise<DavServer> {
  await using undo = new AsyncDisposableStack();
  const home = undo.use(await openTempDir('release-dav-')).path;
  const { ca, https } = await testCertificates();
  const tls = { certificate_file: join(home, 'certificate'), private_key_file: join(home, 'key') };
  await writeFile(tls.certificate_file, https.certificate);
  await writeFile(tls.private_key_file, https.privateKey);
  const store = join(home, 'store');
  const config = {
    directory: store,
    listen: [{ host: '127.0.0.1', port: 0 }],
    users: { read: [], write: [{ user: 'author', password: 'secret' }] },
    secret: 'x',
    log_level: 'error',
    tls,
  };
  await writeFile(join(home, 'config.json'), JSON.stringify(config));
  const server = await startProgram(serverMain, '--config', join(home, 'config.json'));
  undo.defer(() => server.stop());
  const moved = undo.move();
  const options = { endpoint: server.urls[0], tls: { cert: { ca: ca.certificate } } };
  return { options, store, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

async function addPackage(dir: string): Promise<void> {
  await mkdir(join(dir, 'packages/app'), { recursive: true });
  await writeFile(join(dir, 'packages/app/spec'), '---\nname: app\nfiles: ["**/*"]\n');
  await writeFile(join(dir, 'packages/app/packaging'), 'true\n');
}

test('a release with 100 blobs lives on a DAV server; its password stays in config/private.yml', async (t) => {
  await using dav = await startDav();
  const { dir, run, fail } = await place(t, { name: 'r', blobstore: { provider: 'dav', options: dav.options } });
  const contents = Array.from({ length: 100 }, () => randomBytes(1000));
  await addBlobs(dir, contents);
  await addPackage(dir);

  assert.match(await fail('upload-blobs'), /the server answered 401/);
  const secret = { blobstore: { options: { user: 'author', password: 'secret' } } };
  await writeFile(join(dir, 'config/private.yml'), JSON.stringify(secret));
  await run('upload-blobs');
  await run('create-release', '--final', '--force');
  await rm(join(dir, 'blobs'), { recursive: true });
  await rm(join(dir, '../home'), { recursive: true });
  await run('sync-blobs', '--parallel', '10');
  const tarball = join(dir, 'r.tgz');
  await run('create-release', join(dir, 'releases/r/r-1.yml'), '--tarball', tarball, '--force');

  const found = await Promise.all(contents.map((_, at) => readFile(join(dir, `blobs/b${at}`))));
  assert.deepEqual(found, contents);
  assert.match(await runCli(['inspect-local-release', tarball]).then(({ stdout }) => stdout), /\napp\/[0-9a-f]{64}\t/);
  const stored = (await readdir(dav.store, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.equal(stored.length, 101);
  assert.doesNotMatch(await readFile(join(dir, 'config/final.yml'), 'utf8'), /secret/);
});

/** As 100 times add-blob leaves it. */
async function addBlobs(dir: string, contents: readonly Buffer[]): Promise<void> {
  await mkdir(join(dir, 'blobs'));
  const entries: (readonly [string, object])[] = [];
  for (const [at, content] of contents.entries()) {
    await writeFile(join(dir, `blobs/b${at}`), content);
    entries.push([`b${at}`, { size: content.length, sha: digestOf(content) }]);
  }
  await writeFile(join(dir, 'config/blobs.yml'), JSON.stringify(Object.fromEntries(entries)));
}

const badConfigs: readonly (readonly [string, object, RegExp])[] = [
  ['no blobstore', {}, /non-empty 'blobstore.provider' in config '.*final.yml'/],
  ['an unknown provider', { blobstore: { provider: 'davv' } }, /no blobstore provider 'davv'[\s\S]*Did you mean 'dav'/],
  ['a local one without a path', { blobstore: { provider: 'local' } }, /missing blobstore_path/],
  [
    'an S3 one without keys',
    { blobstore: { provider: 's3', options: { bucket_name: 'b' } } },
    /'b' has no access_key_id/,
  ],
  ['an S3 one without a bucket', { blobstore: { provider: 's3', options: {} } }, /options[\s\S]*bucket_name/],
  ['a DAV one without an endpoint', { blobstore: { provider: 'dav', options: {} } }, /options[\s\S]*endpoint/],
];

describe('create-release --final says what is wrong with a configuration that has', () => {
  for (const [what, blobstore, expected] of badConfigs) {
    test(what, async (t) => {
      const { dir, fail } = await place(t, { name: 'r', ...blobstore });
      await addPackage(dir);
      await mkdir(join(dir, 'src'));
      await writeFile(join(dir, 'src/file'), 'x');

      assert.match(await fail('create-release', '--final', '--force'), expected);

      assert.deepEqual(
        (await readdir(dir)).filter((name) => name === 'releases'),
        [],
      );
    });
  }
});
