import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { isThere } from '@boti/core';
import { type HostileArchive, hostileArchives, tempDir } from '@boti/testkit';
import { runCli } from './run-cli.ts';

const releases = hostileArchives([
  { name: 'release.MF', content: 'name: r\nversion: "1"\njobs: []\npackages: []\n' },
  { name: 'license.tgz', content: 'x'.repeat(2000) },
]);
const stemcells = hostileArchives([
  { name: 'stemcell.MF', content: "name: s\nversion: '1'\nsha1: a\ncloud_properties: {}\n" },
  { name: 'image', content: 'x'.repeat(2000) },
]);

/** Reading stops at stemcell.MF, so that big stemcells take no time: what is wrong after it is not seen. */
const isSeenAtTheEnd = new Set(['its end cut off', 'another checksum of gzip']);

interface Attempt {
  readonly command: string;
  args(place: { readonly archive: string; readonly result: string; readonly dir: string }): readonly string[];
  readonly archives: readonly HostileArchive[];
}

const attempts: readonly Attempt[] = [
  { command: 'inspect-local-release', args: ({ archive }) => [archive], archives: releases },
  { command: 'sha1ify-release', args: ({ archive, result }) => [archive, result], archives: releases },
  { command: 'finalize-release', args: ({ archive, dir }) => [archive, '--dir', dir, '--force'], archives: releases },
  {
    command: 'inspect-local-stemcell',
    args: ({ archive }) => [archive],
    archives: stemcells.filter(({ name }) => !isSeenAtTheEnd.has(name)),
  },
  { command: 'repack-stemcell', args: ({ archive, result }) => [archive, result], archives: stemcells },
];

for (const { command, args, archives } of attempts) {
  describe(`${command} refuses, and writes nothing, an archive with`, () => {
    for (const { name, content } of archives) {
      test(name, (t) => refuses(t, content, (place) => [command, ...args(place)]));
    }
  });
}

type ArgsOf = (place: { readonly archive: string; readonly result: string; readonly dir: string }) => readonly string[];

async function refuses(t: TestContext, content: Buffer, argsOf: ArgsOf): Promise<void> {
  const root = await tempDir(t);
  const dir = join(root, 'release');
  const archive = join(root, 'archive.tgz');
  await mkdir(join(dir, 'config'), { recursive: true });
  await writeFile(join(dir, 'config/final.yml'), 'name: r\n');
  await writeFile(archive, content);
  const before = await readdir(root, { recursive: true });

  const { exit, stderr } = await runCli(argsOf({ archive, result: join(root, 'result.tgz'), dir }), {
    env: { HOME: join(root, 'home') },
  });

  assert.equal(exit, 1);
  assert.ok(stderr.includes(archive) || stderr.includes("'stemcell.MF'"), stderr);
  assert.doesNotMatch(stderr, /\bat .*\.ts:\d/);
  assert.deepEqual(await readdir(root, { recursive: true }), before);
  for (const path of ['/tmp/boti-hostile-evil', '/tmp/boti-hostile-evil.tgz']) assert.equal(await isThere(path), false);
}

test('a damaged archive in a release is named with both digests', async (t) => {
  const root = await tempDir(t);
  const dir = join(root, 'release');
  await mkdir(join(dir, 'packages/app'), { recursive: true });
  await mkdir(join(dir, 'config'));
  await writeFile(join(dir, 'config/final.yml'), 'name: r\n');
  await writeFile(join(dir, 'packages/app/spec'), '---\nname: app\n');
  await writeFile(join(dir, 'packages/app/packaging'), 'true\n');
  const tarball = join(root, 'r.tgz');
  const env = { HOME: join(root, 'home') };
  await runCli(['create-release', '--dir', dir, '--tarball', tarball, '--force'], { env });
  const manifest = await readFile(join(dir, 'dev_releases/r/r-0+dev.1.yml'), 'utf8');
  const promised = /sha1: (sha256:[0-9a-f]{64})/.exec(manifest)?.[1] ?? '';
  const other = `sha256:${'0'.repeat(64)}`;
  const { gunzipSync, gzipSync } = await import('node:zlib');
  const changed = gunzipSync(await readFile(tarball))
    .toString('latin1')
    .replace(promised, other);
  await writeFile(tarball, gzipSync(Buffer.from(changed, 'latin1')));

  const { exit, stderr } = await runCli(['inspect-local-release', tarball], { env });

  assert.equal(exit, 1);
  for (const part of ['packages/app.tgz', tarball, promised, other]) assert.ok(stderr.includes(part), stderr);
});
