import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AgentSettings } from '@boti/agent-protocol';
import { type ConfigDriveFormat, configDriveImage } from '../src/index.ts';

const dir = await mkdtemp(join(tmpdir(), 'boti-config-drive-'));
after(() => rm(dir, { recursive: true }));

// Large enough for a chain of clusters, and beyond ASCII.
const settings: AgentSettings = {
  agent_id: 'agent-ü',
  vm: { name: 'vm-1', id: 'id-1' },
  networks: {},
  disks: {},
  env: { note: 'x'.repeat(100_000) },
};
const metadata = { 'instance-id': 'id-1', 'public-keys': { '0': { 'openssh-key': 'ssh-ed25519 AAAA' } } };

async function image(format: ConfigDriveFormat): Promise<string> {
  const path = join(dir, format);
  await writeFile(path, configDriveImage(format, { settings, publicKey: 'ssh-ed25519 AAAA' }));
  return path;
}

const run = (program: string, ...args: readonly string[]): string => execFileSync(program, args, { encoding: 'utf8' });

test('a config drive in ISO 9660 is one that other programs read', async () => {
  const path = await image('iso9660');
  const read = (file: string): unknown => JSON.parse(run('isoinfo', '-J', '-x', file, '-i', path));

  assert.deepEqual(read('/ec2/latest/user-data'), settings);
  assert.deepEqual(read('/ec2/latest/meta-data.json'), metadata);
  assert.deepEqual(run('isoinfo', '-f', '-i', path).trim().split('\n'), [
    '/EC2',
    '/EC2/LATEST',
    '/EC2/LATEST/META-DATA.JSON;1',
    '/EC2/LATEST/USER-DATA.;1',
  ]);
  assert.equal(run('blkid', '-p', '-o', 'value', '-s', 'LABEL', path).trim(), 'config-2');
});

test('a config drive in FAT is sound, and one that other programs read', async () => {
  const path = await image('vfat');
  const read = (file: string): unknown => JSON.parse(run('mtype', '-i', path, `::${file}`));

  assert.deepEqual(read('/ec2/latest/user-data'), settings);
  assert.deepEqual(read('/ec2/latest/meta-data.json'), metadata);
  assert.match(run('fsck.fat', '-n', path), /5 files/);
  assert.equal(run('blkid', '-p', '-o', 'value', '-s', 'LABEL', path).trim(), 'CONFIG-2');
});

test('settings that do not fit are refused', () => {
  const large = { ...settings, env: { note: 'x'.repeat(9 * 1024 * 1024) } };

  assert.throws(() => configDriveImage('vfat', { settings: large }), /more than FAT12 can hold/);
});
