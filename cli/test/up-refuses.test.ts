/** What keeps `up` from working here is told before anything is made. Needs root and Linux. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tryCommand } from '@boti/core';
import { tempDir } from '@boti/testkit';

const boti = join(import.meta.dirname, '../../bin/boti');
const dir = await tempDir({ after });
const address = '127.0.211.1';
const up = [boti, 'up', '--state-dir', join(dir, 'home'), '--listen', address, '--network', '10.211.0.0/24'];

async function refusal(...command: readonly [string, ...string[]]): Promise<string> {
  const [program, ...args] = command;
  const { exitCode, stdout, stderr } = await tryCommand(program, args, { timeoutMs: 60_000 });
  assert.equal(exitCode, 1, `${stdout}\n${stderr}`);
  await assert.rejects(access(join(dir, 'home')), { code: 'ENOENT' });
  return stderr;
}

test('a taken port is told with its number, who needs it, and how to find who has it', async () => {
  await using server = createServer();
  server.listen(25555, address);
  await once(server, 'listening');

  const told = await refusal(...(up as [string]));

  assert.match(told, /Port 25555, which director needs, is taken by another program/);
  assert.match(told, /Hint: 'ss -ltnp sport = :25555' shows which/);
});

test('without root', async () => {
  const told = await refusal('unshare', '--user', '--map-user=1000', ...up);

  assert.match(told, /The embedded cloud needs root.*\nHint: Run it as root, or with 'sudo'\./);
});

test('without control groups', async () => {
  const script = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"';

  const told = await refusal('unshare', '--mount', 'sh', '-ec', script, 'sh', ...up);

  assert.match(told, /No control groups are mounted at \/sys\/fs\/cgroup.*\nHint: Mount them, for example with 'mount/);
});

test('a missing Debian package is named, and how to install it', async () => {
  const script = 'mount --bind "$0" /var/lib/dpkg/status && exec "$@"';
  const none = join(dir, 'status');
  await tryCommand('touch', [none]);

  const told = await refusal('unshare', '--mount', 'sh', '-ec', script, none, ...up);

  assert.match(told, /These Debian packages are missing: .*runc.*\nHint: Install them: apt-get install .*runc/);
});
