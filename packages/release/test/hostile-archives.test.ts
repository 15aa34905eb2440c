import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { ArchiveInvalid, extractRelease, readJob, readReleaseManifest } from '../src/index.ts';

interface Member {
  readonly name: string;
  readonly type?: 'file' | 'symlink' | 'link' | 'directory' | 'block-device' | 'character-device' | 'fifo';
  readonly linkname?: string;
  readonly content?: string | Buffer;
}

const manifest: Member = { name: 'release.MF', content: 'name: r\nversion: "1"\njobs: []\npackages: []\n' };

async function archive(members: readonly Member[]): Promise<Buffer> {
  const stream = pack();
  for (const { content = '', ...header } of members) stream.entry(header, content);
  stream.finalize();
  return await buffer(stream);
}

interface Place extends AsyncDisposable {
  readonly dir: string;
  readonly path: string;
}

async function place(content: Buffer): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'hostile-archive-'));
  const path = join(dir, 'r.tgz');
  await writeFile(path, content);
  return { dir, path, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

const hostile: Readonly<Record<string, Member>> = {
  'a path that climbs out': { name: '../evil', content: 'x' },
  'a path that climbs out in the middle': { name: 'jobs/../../evil.tgz', content: 'x' },
  'an absolute path': { name: '/etc/evil', content: 'x' },
  'a link to elsewhere': { name: 'jobs/a.tgz', type: 'symlink', linkname: '/etc/passwd' },
  'a link within': { name: 'jobs/a.tgz', type: 'symlink', linkname: 'b.tgz' },
  'a hard link': { name: 'jobs/a.tgz', type: 'link', linkname: '/etc/passwd' },
  'a device': { name: 'jobs/a.tgz', type: 'block-device' },
  'a character device': { name: 'jobs/a.tgz', type: 'character-device' },
  'a pipe': { name: 'jobs/a.tgz', type: 'fifo' },
};

describe('a release tarball is refused, and nothing written outside, with', () => {
  for (const [what, member] of Object.entries(hostile)) {
    test(what, async () => {
      await using at = await place(gzipSync(await archive([manifest, member])));

      await assert.rejects(extractRelease(at.path, join(at.dir, 'out')), ArchiveInvalid);

      assert.deepEqual((await readdir(at.dir)).sort(), ['out', 'r.tgz']);
    });
  }
});

describe('an archive is refused with a clear error when it', () => {
  test('is cut off', async () => {
    const whole = gzipSync(await archive([manifest, { name: 'license.tgz', content: Buffer.alloc(100_000, 7) }]));
    await using at = await place(whole.subarray(0, whole.length - 20));

    await assert.rejects(extractRelease(at.path, join(at.dir, 'out')), /cannot be read: unexpected end of file/);
  });

  test('is no archive', async () => {
    await using at = await place(Buffer.alloc(2000, 'no archive '));

    await assert.rejects(readReleaseManifest(at.path), ArchiveInvalid);
  });

  test('is empty', async () => {
    await using at = await place(Buffer.alloc(0));

    await assert.rejects(readReleaseManifest(at.path), /is empty, or no tar archive/);
  });

  test('has no release.MF', async () => {
    await using at = await place(gzipSync(await archive([{ name: 'README', content: 'x' }])));

    await assert.rejects(readReleaseManifest(at.path), /has no release.MF/);
  });

  test('unpacks to much more than a job can be', async () => {
    const members = Array.from({ length: 5 }, (_, at) => ({
      name: `templates/${at}`,
      content: Buffer.alloc(60 * 2 ** 20),
    }));
    await using at = await place(gzipSync(await archive(members)));

    await assert.rejects(readJob(at.path), /unpacks to more than/);
  });

  test('lacks templates that its job.MF names', async () => {
    const job = { name: './job.MF', content: 'name: web\ntemplates: {a.erb: a, b.erb: b}\n' };
    await using at = await place(gzipSync(await archive([job, { name: './monit' }])));

    await assert.rejects(readJob(at.path), /lacks the templates 'a.erb', 'b.erb'/);
  });

  test('holds another job', async () => {
    const job = { name: 'job.MF', content: 'name: web\n' };
    await using at = await place(gzipSync(await archive([job, { name: 'monit' }])));

    await assert.rejects(readJob(at.path, { name: 'db' }), /of job 'db' holds the job 'web'/);
  });
});

test('a template may be a link to another file of the job', async () => {
  const job = { name: 'job.MF', content: 'name: web\ntemplates: {b.erb: b}\n' };
  const link: Member = { name: 'templates/b.erb', type: 'symlink', linkname: '../monit' };
  await using at = await place(await archive([job, { name: 'monit', content: 'check' }, link]));

  const { templates } = await readJob(at.path);

  assert.deepEqual([...templates], [['b.erb', 'check']]);
});
