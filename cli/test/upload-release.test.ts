import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRelease, extractRelease } from '@boti/release';
import { tempDir, testCertificates } from '@boti/testkit';
import { type Recording, replayDirector } from './replaying-director.ts';
import { runCli } from './run-cli.ts';

const task = { id: 2, state: 'done', description: 'create release', timestamp: 1, started_at: 1, user: 'a' };
const last = { ...task, result: "Created release 'tiny/1'", deployment: null, context_id: '' };

async function tinyRelease(dir: string): Promise<{ tarball: string; fingerprints: ReadonlyMap<string, string> }> {
  for (const name of ['one', 'two']) {
    await mkdir(join(dir, 'packages', name), { recursive: true });
    await writeFile(join(dir, 'packages', name, 'spec'), `name: ${name}\nfiles: [${name}.txt]\n`);
    await writeFile(join(dir, 'packages', name, 'packaging'), 'cp *.txt $BOSH_INSTALL_TARGET\n');
    await mkdir(join(dir, 'src'), { recursive: true });
    await writeFile(join(dir, 'src', `${name}.txt`), name);
  }
  await mkdir(join(dir, 'config'), { recursive: true });
  await writeFile(join(dir, 'config/final.yml'), 'name: tiny\n');
  await writeFile(join(dir, 'config/blobs.yml'), '--- {}\n');
  await mkdir(join(dir, 'jobs'), { recursive: true });
  const tarball = join(dir, 'tiny.tgz');
  const { manifest } = await createRelease({ dir, version: '1', force: true, tarball, cacheDir: join(dir, 'cache') });
  return { tarball, fingerprints: new Map((manifest.packages ?? []).map((one) => [one.name, one.version])) };
}

test('packages that the Director has are left out of the upload, unless it is to mend them', async (t) => {
  const dir = await tempDir(t);
  const { tarball, fingerprints } = await tinyRelease(dir);
  const recording = {
    name: 'matches',
    runs: [],
    tasks: { 2: { last } },
    exchanges: [
      { method: 'POST', path: '/packages/matches', status: 200, body: JSON.stringify([fingerprints.get('one')]) },
      { method: 'POST', path: '/releases', status: 302, location: '/tasks/2' },
      { method: 'POST', path: '/releases?fix=true', status: 302, location: '/tasks/2' },
    ],
  } as unknown as Recording;
  const certificates = await testCertificates();
  await using director = await replayDirector(recording, certificates);
  const env = {
    BOSH_CONFIG: join(dir, 'config-file'),
    BOSH_ENVIRONMENT: director.url,
    BOSH_CA_CERT: certificates.ca.certificate,
  };

  const results = [
    await runCli(['upload-release', tarball], { env }),
    await runCli(['upload-release', tarball, '--fix'], { env }),
  ];

  assert.deepEqual(
    results.map(({ exit, stderr }) => ({ exit, stderr })),
    [
      { exit: 0, stderr: '' },
      { exit: 0, stderr: '' },
    ],
  );
  const uploads = director.requests.filter(({ path }) => path.startsWith('/releases'));
  const sent = await Promise.all(uploads.map(({ bytes }, index) => packagesIn(dir, bytes, index)));
  assert.deepEqual(sent, [['two'], ['one', 'two']]);
  const asked = director.requests.find(({ path }) => path === '/packages/matches')?.body;
  assert.match(asked ?? '', /^name: tiny\n/);
});

/** Names of the packages whose archives the tarball has. */
async function packagesIn(dir: string, tarball: Buffer, index: number): Promise<readonly string[]> {
  const path = join(dir, `sent-${index}.tgz`);
  await writeFile(path, tarball);
  const { packages } = await extractRelease(path, join(dir, `sent-${index}`));
  return packages.filter((one) => one.path !== undefined).map(({ name }) => name);
}
