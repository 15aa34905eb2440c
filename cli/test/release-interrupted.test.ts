import assert from 'node:assert/strict';
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { digestOf, isThere, runCommand, verifyFileDigest } from '@boti/core';
import { loadYaml } from '@boti/manifest';
import { addBlob } from '@boti/release';
import { tempDir, waitFor } from '@boti/testkit';
import { startCli } from './running-cli.ts';
import { startStallingBlobstore } from './stalling-blobstore.ts';

const signals = ['SIGINT', 'SIGKILL'] as const;
const patienceMs = 60_000;

interface Release {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cache: string;
}

async function emptyRelease(t: TestContext, blobstore = ''): Promise<Release> {
  const root = await tempDir(t);
  const [dir, home] = [join(root, 'release'), join(root, 'home')];
  await runCommand('mkdir', ['-p', join(dir, 'config'), join(dir, 'packages'), join(dir, 'src'), home]);
  await writeFile(join(dir, 'config/final.yml'), `name: r\n${blobstore}`);
  return { dir, env: { HOME: home, PATH: process.env.PATH ?? '' }, cache: join(home, '.bosh/cache') };
}

/** Runs to the end and answers what it said. */
async function finish({ env }: Release, args: readonly string[]): Promise<string> {
  const cli = startCli([...args, '--tty'], env);
  assert.equal(await cli.ended, 0, cli.output());
  return cli.output();
}

interface Interruption {
  readonly signal: NodeJS.Signals;
  isTime(output: string): boolean;
}

async function interrupt({ env }: Release, args: readonly string[], { signal, isTime }: Interruption): Promise<string> {
  const cli = startCli([...args, '--tty'], env);
  await waitFor('the moment to interrupt', () => isTime(cli.output()), patienceMs);
  cli.stop(signal);
  assert.notEqual(await cli.ended, 0);
  return cli.output();
}

const matches = (text: string, pattern: RegExp): readonly string[] => text.match(new RegExp(pattern, 'gm')) ?? [];

describe('create-release that is interrupted goes on where it was', () => {
  for (const signal of signals) {
    test(`after ${signal}`, async (t) => {
      const release = await emptyRelease(t);
      await addPackages(release.dir);
      const args = ['create-release', '--dir', release.dir, '--force', '--tarball', join(release.dir, 'r.tgz')];

      await interrupt(release, args, { signal, isTime: (text) => matches(text, /^Added package/).length >= 2 });
      const before = await wholeArchives(release.cache);
      assert.equal(await isThere(join(release.dir, 'r.tgz')), false);
      assert.equal(await isThere(join(release.dir, 'dev_releases')), false);
      // The one that blocks lets go.
      await writeFile(join(release.dir, 'src/gate'), '');
      const output = await finish(release, args);

      const built = matches(output, /^Added package/).length;
      assert.ok(before >= 2 && built >= 1 && built <= 4 - before, `${before} kept, ${built} built`);
      assert.equal(await wholeArchives(release.cache), 4);
      await runCommand('tar', ['-tzf', join(release.dir, 'r.tgz')]);
      assert.deepEqual(await partsIn(release.cache), []);
    });
  }
});

/** Four packages; two of them wait in pre_packaging for src/gate. */
async function addPackages(dir: string): Promise<void> {
  for (const name of ['a', 'b', 'c', 'd']) {
    const folder = join(dir, 'packages', name);
    await runCommand('mkdir', [folder]);
    await writeFile(join(folder, 'spec'), `---\nname: ${name}\n`);
    await writeFile(join(folder, 'packaging'), `echo ${name}\n`);
    if (name < 'c') continue;
    await writeFile(join(folder, 'pre_packaging'), 'until [ -e "$RELEASE_DIR/src/gate" ]; do sleep 0.1; done\n');
  }
}

/** Every file under a digest's name has that digest. */
async function wholeArchives(cache: string): Promise<number> {
  const names = (await readdir(cache)).filter((name) => !name.endsWith('.part'));
  for (const name of names) await verifyFileDigest(join(cache, name), name);
  return names.length;
}

async function partsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.part'));
}

const contents = ['one', 'two', 'three', 'four'].map((word) => word.repeat(100_000));

describe('sync-blobs that is interrupted goes on where it was', () => {
  for (const signal of signals) {
    test(`after ${signal}`, async (t) => {
      await using store = await startStallingBlobstore(2);
      const release = await emptyRelease(t, store.config);
      const entries = contents.map((content, at) => {
        store.blobs.set(`id-${at}`, Buffer.from(content));
        return `b${at}: {size: ${content.length}, object_id: id-${at}, sha: "${digestOf(content)}"}\n`;
      });
      await writeFile(join(release.dir, 'config/blobs.yml'), entries.join(''));
      const args = ['sync-blobs', '--dir', release.dir];

      await interrupt(release, args, {
        signal,
        isTime: (text) => matches(text, /finished$/).length === 2 && store.stalled() === 2,
      });
      const kept = (await readdir(join(release.dir, 'blobs'))).filter((name) => !name.endsWith('.part'));
      store.letGo();
      const output = await finish(release, args);

      assert.equal(kept.length, 2);
      assert.equal(matches(output, /finished$/).length, 2);
      assert.deepEqual((await readdir(join(release.dir, 'blobs'))).sort(), ['b0', 'b1', 'b2', 'b3']);
      for (const [at, content] of contents.entries()) {
        assert.equal(await readFile(join(release.dir, 'blobs', `b${at}`), 'utf8'), content);
      }
      assert.deepEqual(await partsIn(release.cache), []);
    });
  }
});

describe('upload-blobs that is interrupted goes on where it was', () => {
  for (const signal of signals) {
    test(`after ${signal}`, async (t) => {
      await using store = await startStallingBlobstore(2);
      const release = await emptyRelease(t, store.config);
      const source = join(release.dir, 'src/file');
      for (const [at, content] of contents.entries()) {
        await writeFile(source, content);
        await addBlob(release.dir, source, `b${at}`);
      }
      const args = ['upload-blobs', '--dir', release.dir];

      await interrupt(release, args, {
        signal,
        isTime: (text) => matches(text, /finished$/).length === 2 && store.stalled() === 2,
      });
      const kept = await idsIn(release.dir);
      store.letGo();
      const output = await finish(release, args);

      assert.equal(kept.length, 2);
      assert.equal(matches(output, /finished$/).length, 2);
      const ids = await idsIn(release.dir);
      assert.deepEqual(ids.map((id) => store.blobs.get(id)?.toString()).sort(), contents.toSorted());
    });
  }
});

async function idsIn(dir: string): Promise<readonly string[]> {
  const entries = loadYaml(await readFile(join(dir, 'config/blobs.yml'), 'utf8')) as Record<
    string,
    { object_id?: string }
  >;
  return Object.values(entries).flatMap(({ object_id: id }) => (id === undefined ? [] : [id]));
}

describe('add-blob that is interrupted leaves everything as it was', () => {
  for (const signal of signals) {
    test(`after ${signal}`, async (t) => {
      const release = await emptyRelease(t);
      const source = join(release.dir, 'src/file');
      await writeFile(source, 'before');
      await finish(release, ['add-blob', source, 'b', '--dir', release.dir]);
      const index = await readFile(join(release.dir, 'config/blobs.yml'), 'utf8');
      const pipe = join(release.dir, 'src/pipe');
      await runCommand('mkfifo', [pipe]);
      const cli = startCli(['add-blob', pipe, 'b', '--dir', release.dir], release.env);
      const written = writeWithoutEnd(pipe);
      await waitFor('half a copy', async () => (await partsIn(join(release.dir, 'blobs'))).length === 1, patienceMs);
      cli.stop(signal);
      assert.notEqual(await cli.ended, 0, cli.output());
      await written;

      assert.equal(await readFile(join(release.dir, 'blobs/b'), 'utf8'), 'before');
      assert.equal(await readFile(join(release.dir, 'config/blobs.yml'), 'utf8'), index);
      if (signal === 'SIGINT') assert.deepEqual(await readdir(join(release.dir, 'blobs')), ['b']);
      await rm(pipe);
      await writeFile(source, 'after');
      await finish(release, ['add-blob', source, 'b', '--dir', release.dir]);
      await finish(release, ['sync-blobs', '--dir', release.dir]);
      assert.deepEqual(await readdir(join(release.dir, 'blobs')), ['b']);
    });
  }
});

/** Writes into the pipe until its reader is gone. */
async function writeWithoutEnd(pipe: string): Promise<void> {
  const file = await open(pipe, 'w');
  try {
    for (;;) {
      await file.write('more');
      await delay(20);
    }
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EPIPE');
  } finally {
    await file.close();
  }
}
