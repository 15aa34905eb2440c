import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from '@boti/core';
import { extractStemcell, verifyStemcell } from '@boti/stemcell';
import { type BuildProgress, type BuildStemcellOptions, buildStemcell } from '../src/index.ts';

/** The real thing, once for the file: needs root, a Debian mirror and about a minute. */
const scratch = { dir: '' };

before(async () => {
  scratch.dir = await mkdtemp(join(tmpdir(), 'stemcell-builder-test-'));
  const bundler = join(import.meta.dirname, '../../tools/bundle.ts');
  await runCommand(process.execPath, [bundler, 'agent', join(scratch.dir, 'agent')]);
});

after(() => rm(scratch.dir, { recursive: true, force: true }));

function options(more: Partial<BuildStemcellOptions> = {}): BuildStemcellOptions {
  return {
    cacheDir: join(scratch.dir, 'cache'),
    logFile: join(scratch.dir, 'build.log'),
    // Bundled once, so that an edit during the test does not make it another stemcell.
    agentTree: join(scratch.dir, 'agent'),
    ...more,
  };
}

async function otherAgent(): Promise<string> {
  const path = join(scratch.dir, 'other-agent');
  await writeFile(path, '#!/bin/sh\necho another agent\n');
  return path;
}

async function unpack(stemcell: string): Promise<string> {
  const dir = await mkdtemp(join(scratch.dir, 'unpacked-'));
  const { imagePath } = await extractStemcell(stemcell, dir);
  const root = join(dir, 'root');
  await mkdir(root);
  await runCommand('tar', ['-xzpf', imagePath, '-C', root]);
  return root;
}

test('builds a stemcell, and takes it from the cache until something changes', { timeout: 300_000 }, async () => {
  const progress: BuildProgress[] = [];

  const built = await buildStemcell(options({ onProgress: (step) => progress.push(step) }));
  const again = await buildStemcell(options());
  const agentBinary = await otherAgent();
  const changed = await buildStemcell(
    options({ agentBinary, outputPath: join(scratch.dir, 'mine.tgz'), version: '1.2.3' }),
  );

  assert.deepEqual(
    [...new Set(progress.map(({ stage }) => stage))],
    ['agent', 'operating system', 'image', 'stemcell'],
  );
  assert.deepEqual({ ...again, elapsedMs: 0 }, { ...built, fromCache: true, elapsedMs: 0 });
  assert.ok(again.elapsedMs < 2000, `the second build took ${again.elapsedMs} ms`);
  assert.deepEqual(
    { path: changed.path, version: changed.manifest.version, fromCache: changed.fromCache },
    { path: join(scratch.dir, 'mine.tgz'), version: '1.2.3', fromCache: false },
  );
  const { name, operatingSystem, apiVersion, formats } = await verifyStemcell(changed.path);
  assert.deepEqual(
    { name, operatingSystem, apiVersion, formats },
    {
      name: 'bosh-warden-boti-debian-bookworm-go_agent',
      operatingSystem: 'debian-bookworm',
      apiVersion: 3,
      formats: ['warden-tar', 'general-tar'],
    },
  );
});

test('the image holds agent, services, users and tools as agents expect them', { timeout: 120_000 }, async () => {
  const { path, manifest } = await buildStemcell(options());
  const root = await unpack(path);
  const shell = async (script: string): Promise<string> =>
    (await runCommand('chroot', [root, 'sh', '-ec', script])).stdout.trim();

  assert.match(await shell('/var/vcap/bosh/lib/node --version'), /^v\d+/);
  assert.equal(await shell('ls /var/vcap/bosh/bin/bosh-agent /var/vcap/bosh/bin/monit | wc -l'), '2');
  assert.equal(await shell('cat /var/vcap/bosh/etc/stemcell_version'), manifest.version);
  assert.equal(await shell('id vcap'), await shell('id 1000'));
  assert.equal(await shell('getent group admin bosh_sshers bosh_sudoers syslog | wc -l'), '4');
  assert.equal(
    await shell('test -d /etc/service && test ! -L /etc/service && ls /etc/service/*/run'),
    [
      '/etc/service/agent/run',
      '/etc/service/cron/run',
      '/etc/service/monit/run',
      '/etc/service/rsyslog/run',
      '/etc/service/sshd/run',
    ].join('\n'),
  );
  assert.equal(await shell('ls /etc/ssh/ssh_host_* 2>/dev/null | wc -l'), '0');
  // Nothing of the building machine: its name servers, its mirror.
  assert.equal(
    await shell('cat /etc/machine-id; (grep -rhs ^nameserver /etc/resolvconf; grep -v ^# /etc/apt/sources.list) || :'),
    '',
  );
  assert.equal(
    await shell('visudo -cq && mkdir -p /run/sshd && ssh-keygen -A >/dev/null && /usr/sbin/sshd -t && echo good'),
    'good',
  );
  assert.equal(await shell('rsyslogd -N1 -f /etc/rsyslog.conf 2>/dev/null && echo good'), 'good');
  assert.equal(
    await shell('perl -c /var/vcap/bosh/bin/bosh-blobstore-dav 2>&1'),
    '/var/vcap/bosh/bin/bosh-blobstore-dav syntax OK',
  );
  assert.match(await shell('cat /var/vcap/bosh/etc/dev_tools_file_list'), /^\/usr\/bin\/gcc$/m);
  assert.equal(
    await shell('stat -c "%a %U:%G" /var/vcap/data /var/vcap/bosh/bin /'),
    '750 root:vcap\n755 root:root\n755 root:root',
  );
  const config = JSON.parse(await readFile(join(root, 'var/vcap/bosh/agent.json'), 'utf8'));
  assert.equal(config.Infrastructure.Settings.Sources[0].SettingsPath, '/var/vcap/bosh/warden-cpi-agent-env.json');
});

test('another agent takes the place of ours, and the job supervisor stays', { timeout: 120_000 }, async () => {
  const { path } = await buildStemcell(options({ agentBinary: await otherAgent(), version: '1.2.3' }));
  const root = await unpack(path);

  const { stdout } = await runCommand('chroot', [root, '/var/vcap/bosh/bin/bosh-agent']);

  assert.equal(stdout, 'another agent\n');
  assert.match(
    await readFile(join(root, 'etc/sv/agent/run'), 'utf8'),
    /bosh-agent -P "\$\(cat etc\/operating_system\)"/,
  );
  assert.match(await readFile(join(root, 'etc/sv/monit/run'), 'utf8'), /bin\/monit -I/);
});

test('an aborted build ends its tools at once and leaves nothing behind', { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const cacheDir = join(scratch.dir, 'aborted');
  const reason = new Error('interrupted');
  const onProgress = ({ stage, detail }: BuildProgress): void => {
    if (stage === 'operating system' && detail === 'fetching the base packages') controller.abort(reason);
  };

  await assert.rejects(buildStemcell(options({ cacheDir, onProgress, signal: controller.signal })), reason);

  assert.deepEqual(await readdir(cacheDir), []);
  assert.deepEqual(await workDirsOf(process.pid), []);
  assert.deepEqual(await commandsNaming(`boti-stemcell-${process.pid}-`), []);
});

test('says which agent program cannot be read', async () => {
  const cacheDir = join(scratch.dir, 'no-agent');

  await assert.rejects(buildStemcell(options({ cacheDir, agentBinary: '/none/bosh-agent' })), {
    message: "The agent '/none/bosh-agent' cannot be read",
    hint: /bosh-agent program for Linux/,
  });
});

async function workDirsOf(pid: number): Promise<string[]> {
  return (await readdir('/dev/shm')).filter((name) => name.startsWith(`boti-stemcell-${pid}-`));
}

async function commandsNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(text));
}
