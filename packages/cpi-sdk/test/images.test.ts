import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  convertImage,
  detectImageFormat,
  imageOfStemcell,
  lightStemcellCid,
  openStemcellImage,
  packRawImage,
  targetFormats,
  virtualSize,
} from '../src/index.ts';

const dir = await mkdtemp(join(tmpdir(), 'boti-images-'));
after(() => rm(dir, { recursive: true }));
const mib = 1024 * 1024;
const raw = join(dir, 'root.img');
await writeFile(raw, 'a disk that begins with this');
await truncate(raw, 4 * mib);

test('an image is converted into every format, told by its bytes, and back', async () => {
  for (const to of targetFormats) {
    const [there, back] = [join(dir, `image.${to}`), join(dir, `${to}.raw`)];
    await convertImage(raw, there, { to });
    await convertImage(there, back, { to: 'raw' });

    assert.equal(await detectImageFormat(there), to);
    assert.equal(await virtualSize(there), 4 * mib);
    assert.ok((await readFile(back)).equals(await readFile(raw)), to);
  }
});

test('a failed conversion leaves nothing', async () => {
  const damaged = join(dir, 'damaged');
  await writeFile(damaged, 'QFI\xFBand no more', 'latin1');

  await assert.rejects(convertImage(damaged, join(dir, 'never'), { to: 'raw' }), /qemu-img/);
  await assert.rejects(convertImage(import.meta.filename, '/no/such/folder/x', { to: 'qcow2' }), /qemu-img/);
  assert.ok(!(await readdir(dir)).includes('never'));
});

test('the lack of qemu-img is said with the package that has it', async (t) => {
  const { PATH } = process.env;
  t.after(() => Object.assign(process.env, { PATH }));
  process.env.PATH = dir;

  await assert.rejects(convertImage(raw, join(dir, 'x'), { to: 'qcow2' }), { hint: /qemu-utils/ });
});

test('a stemcell whose image is an archive of a disk image is unpacked', async () => {
  const qcow = join(dir, 'image.qcow2');
  await convertImage(raw, qcow, { to: 'qcow2' });
  await mkdir(join(dir, 'openstack'));
  execFileSync('cp', [qcow, join(dir, 'openstack', 'root.img')]);
  const image = join(dir, 'image');
  execFileSync('tar', ['-czf', image, '-C', join(dir, 'openstack'), 'root.img']);

  const opened = await openStemcellImage(image, { dir: join(dir, 'work') });

  assert.deepEqual(opened, { kind: 'disk', path: join(dir, 'work', 'root.img'), format: 'qcow2' });
});

test('an OVF archive gives its disk', async () => {
  await mkdir(join(dir, 'vsphere'));
  await writeFile(join(dir, 'vsphere', 'image.ovf'), '<Envelope/>');
  await convertImage(raw, join(dir, 'vsphere', 'image-disk1.vmdk'), { to: 'streamOptimized' });
  const image = join(dir, 'ovf-image');
  execFileSync('tar', ['-czf', image, '-C', join(dir, 'vsphere'), 'image.ovf', 'image-disk1.vmdk']);

  const opened = await openStemcellImage(image, { dir: join(dir, 'work') });

  assert.deepEqual(opened, { kind: 'disk', path: join(dir, 'work', 'image-disk1.vmdk'), format: 'streamOptimized' });
});

test('a root file system is left packed, an empty image is light, damage is said', async () => {
  await mkdir(join(dir, 'root', 'etc'), { recursive: true });
  await writeFile(join(dir, 'root', 'etc', 'x.img'), 'no disk');
  const [image, empty, damaged] = [join(dir, 'rootfs'), join(dir, 'empty'), join(dir, 'cut')];
  execFileSync('tar', ['-czf', image, '-C', join(dir, 'root'), '.']);
  await writeFile(empty, '');
  await writeFile(damaged, (await readFile(image)).subarray(0, 30));

  assert.deepEqual(await openStemcellImage(image, { dir }), { kind: 'root-file-system', path: image, isGzip: true });
  assert.deepEqual(await openStemcellImage(empty, { dir }), { kind: 'light' });
  await assert.rejects(openStemcellImage(damaged, { dir }), /damaged/);
});

test('a raw image is packed as one member of the name that the cloud wants', async () => {
  const packed = join(dir, 'disk.tar.gz');
  await packRawImage(raw, packed, { name: 'disk.raw' });

  assert.equal(execFileSync('tar', ['-tzf', packed], { encoding: 'utf8' }), 'disk.raw\n');
  assert.ok(execFileSync('tar', ['-xzOf', packed], { maxBuffer: 16 * mib }).equals(await readFile(raw)));
});

test('light stemcells keep the id of their image', () => {
  assert.deepEqual(imageOfStemcell(lightStemcellCid('ami-1')), { imageId: 'ami-1', isLight: true });
  assert.deepEqual(imageOfStemcell(lightStemcellCid('ami-1').slice(0, 5) as never), {
    imageId: 'ami-1',
    isLight: false,
  });
});
