import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '@boti/core';
import { extractStemcell, writeStemcell } from '../src/index.ts';

/** A file system of one MiB. */
async function smallDisk(t: TestContext): Promise<{ readonly path: string; readonly beside: string }> {
  const beside = await mkdtemp(join(tmpdir(), 'stemcell-full-disk-'));
  const path = join(beside, 'small');
  await mkdir(path);
  await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
  t.after(async () => {
    await runCommand('umount', [path]);
    await rm(beside, { recursive: true });
  });
  return { path, beside };
}

const manifest = {
  name: 'big',
  version: '1',
  operatingSystem: 'debian-test',
  apiVersion: 3,
  formats: [],
  cloudProperties: {},
  boshProtocol: undefined,
};

test('a full disk is named when a stemcell is written or extracted, and nothing stays behind', async (t) => {
  const { path, beside } = await smallDisk(t);
  const image = join(beside, 'image');
  await writeFile(image, randomBytes(3_000_000));
  const stemcell = join(beside, 'stemcell.tgz');
  await writeStemcell(stemcell, { manifest, image: { path: image } });

  await assert.rejects(writeStemcell(join(path, 'stemcell.tgz'), { manifest, image: { path: image } }), {
    message: /No room to write stemcell/,
  });
  await assert.rejects(extractStemcell(stemcell, path), { message: /it has 3 MiB, '.*' has 1 MiB free/ });

  assert.deepEqual(await readdir(path), []);
});
