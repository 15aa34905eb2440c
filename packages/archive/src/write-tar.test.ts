import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type TarInput, writeTar } from './write-tar.ts';

/** A link's target this long has no place in a plain header: such a tar is written as a stream. */
const longTarget = 'x'.repeat(120);

test('a tar made in one go has the bytes of one written as a stream', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'write-tar-'));
  try {
    await writeFile(join(folder, 'file'), 'content\n'.repeat(100));
    await writeFile(join(folder, 'script'), '#!/bin/sh\n');
    await chmod(join(folder, 'script'), 0o755);
    await symlink('file', join(folder, 'link'));
    await symlink(longTarget, join(folder, 'long'));
    const members: readonly TarInput[] = [
      { name: './' },
      { name: './a/' },
      { name: './a/file', content: { path: join(folder, 'file') } },
      { name: './a/script', content: { path: join(folder, 'script') } },
      { name: './link', content: { path: join(folder, 'link') } },
      { name: './followed', content: { path: join(folder, 'link') }, followsLinks: true },
      { name: 'text', content: { bytes: 'text' }, mode: 0o600 },
      { name: 'empty', content: { bytes: '' } },
    ];
    const last: TarInput = { name: 'long', content: { path: join(folder, 'long') } };
    const [small, streamed] = [join(folder, 'small.tgz'), join(folder, 'streamed.tar')];

    await writeTar(small, members, { gzip: true });
    await writeTar(streamed, [...members, last], { gzip: false });

    const end = Buffer.alloc(1024);
    const bytes = gunzipSync(await readFile(small));
    const common = (await readFile(streamed)).subarray(0, bytes.length - end.length);
    assert.ok(bytes.equals(Buffer.concat([common, end])));
  } finally {
    await rm(folder, { recursive: true });
  }
});
