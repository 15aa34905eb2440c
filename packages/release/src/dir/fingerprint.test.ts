import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileTree } from './file-globs.ts';
import { jobFingerprint, licenseFingerprint, packageFingerprint } from './fingerprint.ts';
import { readJobSource } from './read-job-source.ts';
import { readLicenseSource } from './read-license-source.ts';
import { readPackageSource } from './read-package-source.ts';

/** A release directory with every special case; the fingerprints are those that upstream's CLI gives it. */
const files: Readonly<Record<string, string>> = {
  'packages/app/spec':
    '---\nname: app\ndependencies: [zeta, base]\nfiles: ["app/**/*", lib/lib.tgz]\nexcluded_files: ["app/**/*.log"]\n',
  'packages/app/packaging': 'cp -r app $BOSH_INSTALL_TARGET\n',
  'packages/app/pre_packaging': 'echo prep\n',
  'packages/base/spec': '---\nname: base\nfiles: []\n',
  'packages/base/packaging': 'echo base\n',
  'packages/zeta/spec': '---\nname: zeta\nfiles: []\n',
  'packages/zeta/packaging': 'echo zeta\n',
  'src/app/a.txt': 'hello\n',
  'src/app/sub/run.sh': '#!/bin/sh\necho hi\n',
  'src/app/skip.log': 'excluded\n',
  'src/app/dup': 'dup-src\n',
  'blobs/app/dup': 'dup-blob\n',
  'blobs/lib/lib.tgz': 'blobby\n',
  'jobs/web/spec':
    '---\nname: web\ntemplates:\n  ctl.erb: bin/ctl\n  sub/conf.erb: config/conf\n  sym.erb: config/sym\npackages: [app]\nproperties: {}\n',
  'jobs/web/monit': 'check process web\n',
  'jobs/web/templates/ctl.erb': 'ctl\n',
  'jobs/web/templates/sub/conf.erb': 'conf <%= 1 %>\n',
  LICENSE: 'LIC\n',
  NOTICE: 'NOTE\n',
};

async function releaseDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'release-fingerprint-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content, { mode: 0o644 });
  }
  await chmod(join(path, 'src/app/a.txt'), 0o600);
  await chmod(join(path, 'src/app/sub/run.sh'), 0o755);
  await chmod(join(path, 'jobs/web/templates/ctl.erb'), 0o755);
  await symlink('a.txt', join(path, 'src/app/link'));
  await symlink('sub/conf.erb', join(path, 'jobs/web/templates/sym.erb'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const expectedPackages = {
  app: 'fd0fc721663adc63d68c0c20026498e0a0576d1c5e20505db9616f4da08bf27e',
  base: 'a9c5fccfc0f703c3e458a1154365d8f91c2553d9b93a02b1c5feb9f14d4d52a9',
  zeta: '5211d962c502fa9c4a78e8a215ff1fbd03271f033664d6adfd23f1eaa11ff58e',
} as const;

for (const [name, expected] of Object.entries(expectedPackages)) {
  test(`package ${name} has upstream's fingerprint`, async () => {
    await using dir = await releaseDirectory();
    const trees = { src: fileTree(join(dir.path, 'src')), blobs: fileTree(join(dir.path, 'blobs')) };

    const source = await readPackageSource(join(dir.path, 'packages', name), trees);

    assert.equal(await packageFingerprint(source), expected);
  });
}

test("job web has upstream's fingerprint", async () => {
  await using dir = await releaseDirectory();

  const source = await readJobSource(join(dir.path, 'jobs/web'));

  assert.equal(await jobFingerprint(source), 'f5edf56231e151f7b27d821262a2bbcad9be5dbc821f764b498c4ee31c4de797');
});

test("the licence has upstream's fingerprint", async () => {
  await using dir = await releaseDirectory();

  const source = await readLicenseSource(dir.path);

  assert.ok(source);
  assert.equal(await licenseFingerprint(source), 'b57e77479226ed6393c975707efb2e8d3cd0b3a83a1ceae6d1de26cc8d8bb2ab');
});
