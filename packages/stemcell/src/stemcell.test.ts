import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { createGzip } from 'node:zlib';
import { digestOf, openTempDir } from '@boti/core';
import { pack } from 'tar-stream';
import {
  extractStemcell,
  readStemcellManifest,
  repackStemcell,
  type StemcellManifest,
  verifyStemcell,
  writeStemcell,
} from './index.ts';
import { readStemcellMembers } from './stemcell-members.ts';

const manifestText = `name: tiny
version: '1.10'
bosh_protocol: 1
api_version: 3
sha1: ${digestOf('pixels', 'sha1')}
operating_system: debian-test
stemcell_formats: [a, b]
cloud_properties: {disk: 100, nested: {k: [1, x]}}
`;

const manifest: StemcellManifest = {
  name: 'tiny',
  version: '1.10',
  operatingSystem: 'debian-test',
  sha1: digestOf('pixels', 'sha1'),
  apiVersion: 3,
  formats: ['a', 'b'],
  cloudProperties: { disk: 100, nested: { k: [1, 'x'] } },
  boshProtocol: '1',
};

type Member = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly content?: string };

const goodMembers: readonly Member[] = [
  { name: './image', content: 'pixels' },
  { name: './packages.txt', content: 'ii' },
  { name: './stemcell.MF', content: manifestText },
];

async function tempDir(): Promise<AsyncDisposable & { path: string }> {
  return await openTempDir('stemcell-test-');
}

async function tarball(path: string, members: readonly Member[]): Promise<string> {
  const tar = pack();
  for (const { content = '', ...header } of members) tar.entry(header, content);
  tar.finalize();
  await pipeline(tar as AsyncIterable<Buffer>, createGzip(), createWriteStream(path));
  return path;
}

async function namesAndTexts(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await readStemcellMembers(path, undefined, async ({ name, content }) => {
    found[name] = await text(content);
  });
  return found;
}

test('reads the manifest of a tarball whose members start with ./ and come in any order', async () => {
  await using dir = await tempDir();
  const path = await tarball(join(dir.path, 's.tgz'), goodMembers);

  assert.deepEqual(await readStemcellManifest(path), manifest);
});

test('extracts the image as it is and tells its digest', async () => {
  await using dir = await tempDir();
  const path = await tarball(join(dir.path, 's.tgz'), goodMembers);

  const extracted = await extractStemcell(path, join(dir.path, 'new/out'));

  const imagePath = join(dir.path, 'new/out/image');
  assert.deepEqual(extracted, { manifest, imagePath, imageBytes: 6, imageDigest: manifest.sha1 });
  assert.equal(await readFile(imagePath, 'utf8'), 'pixels');
});

test('verifies the digest of the image', async () => {
  await using dir = await tempDir();
  const good = await tarball(join(dir.path, 'good.tgz'), goodMembers);
  const bad = await tarball(join(dir.path, 'bad.tgz'), [...goodMembers.slice(1), { name: 'image', content: 'other' }]);

  assert.deepEqual(await verifyStemcell(good), manifest);
  await assert.rejects(verifyStemcell(bad), { name: 'DigestMismatch', expected: manifest.sha1 });
});

const invalid: Readonly<Record<string, { members: readonly Member[]; message: RegExp }>> = {
  'a path that leads out': { members: [{ name: '../image' }], message: /a member outside its tree: '\.\.\/image'/ },
  'an absolute path': { members: [{ name: '/etc/passwd' }], message: /outside its tree/ },
  'a symlink': {
    members: [{ name: 'image', type: 'symlink', linkname: '/etc/shadow' }],
    message: /a link at 'image' to '\/etc\/shadow'/,
  },
  'a device': { members: [{ name: 'dev', type: 'block-device' }], message: /a block-device at 'dev'/ },
  'a member that comes twice': { members: [{ name: 'image' }, { name: './image' }], message: /'image' twice/ },
  'no manifest': { members: goodMembers.slice(0, 2), message: /^Missing 'stemcell.MF'$/ },
  'no image': { members: goodMembers.slice(1), message: /has no file 'image'/ },
  'a folder named image': {
    members: [{ name: 'image', type: 'directory' }, ...goodMembers.slice(1)],
    message: /no file 'image'/,
  },
};

for (const [what, { members, message }] of Object.entries(invalid)) {
  test(`refuses a tarball with ${what}, and leaves nothing behind`, async () => {
    await using dir = await tempDir();
    const path = await tarball(join(dir.path, 's.tgz'), members);

    await assert.rejects(extractStemcell(path, join(dir.path, 'out')), { message });

    assert.deepEqual(await readdir(join(dir.path, 'out')), []);
  });
}

test('refuses an image over the limit before writing it', async () => {
  await using dir = await tempDir();
  const path = await tarball(join(dir.path, 's.tgz'), goodMembers);

  await assert.rejects(extractStemcell(path, dir.path, { maxImageBytes: 5 }), {
    message: /6 bytes, over the limit of 5/,
  });
});

test('names a file that is cut off, no gzip, or missing', async () => {
  await using dir = await tempDir();
  const path = await tarball(join(dir.path, 's.tgz'), goodMembers);
  await truncate(path, 60);
  await writeFile(join(dir.path, 'junk'), 'junk');

  await assert.rejects(extractStemcell(path, dir.path), {
    message: /s.tgz' cannot be read: unexpected end of file/,
  });
  await assert.rejects(readStemcellManifest(join(dir.path, 'junk')), { message: /junk' cannot be read/ });
  await assert.rejects(readStemcellManifest(join(dir.path, 'none')), { message: /none' does not exist/ });
});

test('survives a tarball that is cut off in the middle of a member that nobody reads', async () => {
  await using dir = await tempDir();
  const noise = randomBytes(500_000).toString('base64');
  const path = await tarball(join(dir.path, 's.tgz'), [{ name: 'sbom', content: noise }, ...goodMembers]);
  await truncate(path, 300_000);

  await assert.rejects(extractStemcell(path, dir.path), { name: 'StemcellArchiveInvalid' });
  await assert.rejects(readStemcellManifest(path), { name: 'StemcellArchiveInvalid' });
});

test('names the tarball that is cut off in the middle of its image', async () => {
  await using dir = await tempDir();
  const noise = randomBytes(500_000).toString('base64');
  const path = await tarball(join(dir.path, 's.tgz'), [{ name: 'image', content: noise }]);
  await truncate(path, 300_000);

  await assert.rejects(extractStemcell(path, dir.path), {
    name: 'StemcellArchiveInvalid',
    message: /s.tgz' cannot be read: unexpected end of file/,
  });
});

test('stops when the signal is aborted', async () => {
  await using dir = await tempDir();
  const path = await tarball(join(dir.path, 's.tgz'), goodMembers);

  await assert.rejects(extractStemcell(path, dir.path, { signal: AbortSignal.abort(new Error('enough')) }), {
    message: 'enough',
  });
});

test('writes a tarball that reads back the same, manifest first, the same bytes each time', async () => {
  await using dir = await tempDir();
  const image = join(dir.path, 'pixels');
  await writeFile(image, 'pixels');
  const stemcell = { manifest, image: { path: image }, sideFiles: { 'packages.txt': 'ii' } };

  const written = await writeStemcell(join(dir.path, 'a.tgz'), stemcell);
  await writeStemcell(join(dir.path, 'b.tgz'), stemcell);

  assert.deepEqual(written, manifest);
  assert.deepEqual(await verifyStemcell(join(dir.path, 'a.tgz')), manifest);
  assert.deepEqual(Object.keys(await namesAndTexts(join(dir.path, 'a.tgz'))), ['stemcell.MF', 'packages.txt', 'image']);
  assert.deepEqual(await readFile(join(dir.path, 'a.tgz')), await readFile(join(dir.path, 'b.tgz')));
});

test('writes a light stemcell with an empty image', async () => {
  await using dir = await tempDir();
  const path = join(dir.path, 'light.tgz');

  const written = await writeStemcell(path, { manifest, image: 'empty' });

  assert.equal(written.sha1, 'da39a3ee5e6b4b0d3255bfef95601890afd80709');
  assert.deepEqual(await verifyStemcell(path), written);
});

test('repacks with another name, version, formats and merged cloud properties, keeping the rest', async () => {
  await using dir = await tempDir();
  const source = await tarball(join(dir.path, 's.tgz'), goodMembers);
  const dest = join(dir.path, 'o.tgz');
  const changes = { name: 'new', version: '7.0', formats: ['q'], cloudProperties: { z: 1 } };

  await repackStemcell({ source, dest, ...changes });

  assert.deepEqual(await namesAndTexts(dest), {
    'stemcell.MF': [
      'name: new',
      'version: "7.0"',
      'operating_system: debian-test',
      `sha1: ${manifest.sha1}`,
      'bosh_protocol: "1"',
      'stemcell_formats:\n- q',
      'api_version: 3',
      'cloud_properties:\n  disk: 100\n  nested:\n    k:\n    - 1\n    - x\n  z: 1\n',
    ].join('\n'),
    image: 'pixels',
    'packages.txt': 'ii',
  });
});

test('repacks to an empty image with its right digest', async () => {
  await using dir = await tempDir();
  const source = await tarball(join(dir.path, 's.tgz'), goodMembers);

  await repackStemcell({ source, dest: join(dir.path, 'o.tgz'), emptyImage: true });

  assert.equal((await verifyStemcell(join(dir.path, 'o.tgz'))).sha1, digestOf('', 'sha1'));
});

test('leaves no half-written file when repacking fails', async () => {
  await using dir = await tempDir();
  const source = await tarball(join(dir.path, 's.tgz'), goodMembers.slice(1));

  await assert.rejects(repackStemcell({ source, dest: join(dir.path, 'o.tgz') }), { message: /no file 'image'/ });
  await assert.rejects(repackStemcell({ source, dest: join(dir.path, 'no/o.tgz') }), {
    message: /Cannot write stemcell/,
  });

  assert.deepEqual(await readdir(dir.path), ['s.tgz']);
});
