import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
});

after(() => rm(scratch.dir, { recursive: true, force: true }));

function options(more: Partial<BuildStemcellOptions> = {}): BuildStemcellOptions {
  return {
    cacheDir: join(scratch.dir, 'cache'),
    logFile: join(scratch.dir, 'build.log'),
    agentTree: join(scratch.dir, 'agent'),
    ...more,
  };
}

/** As `tools/bundle.ts agent` lays it out, with a text in place of the programs. */
async function layAgentTree(text: string): Promise<void> {
  const bin = join(scratch.dir, 'agent/var/vcap/bosh/bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'bosh-agent'), `#!/bin/sh\necho ${text}\n`);
  await chmod(join(bin, 'bosh-agent'), 0o755);
  for (const service of ['agent', 'monit']) {
    const dir = join(scratch.dir, 'agent/etc/sv', service);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'run'), '#!/bin/sh\nexec sleep 1000\n');
    await chmod(join(dir, 'run'), 0o755);
  }
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
  await layAgentTree('first');
  const progress: BuildProgress[] = [];

  const built = await buildStemcell(options({ onProgress: (step) => progress.push(step) }));
  const again = await buildStemcell(options());
  await layAgentTree('second');
  const changed = await buildStemcell(options({ outputPath: join(scratch.dir, 'mine.tgz'), version: '1.2.3' }));

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
      name: 'bosh-warden-boti-debian-bookworm',
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

  assert.equal(await shell('/var/vcap/bosh/bin/bosh-agent'), 'second');
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
  assert.equal(await shell('cat /etc/machine-id; grep -rhs ^nameserver /etc/resolvconf; grep -v ^# /etc/apt/sources.list || :'), '');
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
