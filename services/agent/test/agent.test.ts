import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AgentActionName } from '@boti/agent-protocol';
import { digestOf } from '@boti/core';
import { waitFor } from '@boti/testkit';
import { AgentProcess } from './agent-process.ts';
import { blobOf, daemonJob, packageOf, specOf } from './release-blobs.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let agent: AgentProcess;

before(async () => {
  agent = await AgentProcess.start({ after: (work) => void cleanups.unshift(work) });
});

after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const read = (path: string): string => readFileSync(join(agent.base, path), 'utf8');
const mode = (path: string): string => (statSync(join(agent.base, path)).mode & 0o7777).toString(8);

test('simple questions are answered', async () => {
  assert.equal(await agent.client.call('ping', []), 'pong');
  assert.deepEqual(await agent.client.call('info', []), { api_version: 1 });
});

test('errors have upstream’s texts', async () => {
  const fails = (name: string, args: unknown[], message: RegExp): Promise<void> =>
    assert.rejects(agent.client.call(name as AgentActionName, args as never), { message });

  await fails('dance', [], /^unknown message dance$/);
  await fails('get_task', ['nope'], /^Action Failed get_task: Task with id nope could not be found$/);
  await fails('sync_dns', ['a'], /^Action Failed sync_dns: Not enough arguments, expected 3, got 1$/);
  await fails(
    'run_errand',
    ['none'],
    /^Action Failed get_task: Task [0-9a-f-]{36} result: Could not find errand none$/,
  );
  await fails('drain', ['status'], /result: Unexpected call with drain type 'status'$/);
});

test('a fresh VM has the state that upstream’s agent reports', async () => {
  const fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/get-state-partial.json'), 'utf8'));
  const { processes, ...partial } = fixture;
  const spec = {
    deployment: partial.deployment,
    job: { name: partial.job.name },
    index: 0,
    id: partial.id,
    networks: partial.networks,
  };

  assert.equal(await agent.client.call('apply', [spec]), 'applied');

  const state = await agent.client.call('get_state', []);
  assert.ok(Array.isArray(processes));
  assert.deepEqual(state, { ...partial, agent_id: 'agent-1', vm: { name: 'vm-1' }, processes: [] });
  assert.equal(read('instance/id'), partial.id);
});

describe('with a job and a package', () => {
  test('prepare downloads, apply enables with the right modes', async () => {
    const spec = await specOf(
      agent,
      { redis: { ...daemonJob(agent, 'redis'), 'config/redis.conf': 'port 1\n' } },
      { packages: { server: await packageOf(agent, 'server', { 'bin/server': '#!/bin/sh\n' }) } },
    );

    assert.equal(await agent.client.call('prepare', [spec]), 'prepared');
    assert.throws(() => statSync(join(agent.base, 'jobs/redis')), /ENOENT/);
    assert.equal(await agent.client.call('apply', [spec]), 'applied');

    assert.equal(read('jobs/redis/config/redis.conf'), 'port 1\n');
    assert.equal(read('packages/server/bin/server'), '#!/bin/sh\n');
    assert.equal(read('jobs/redis/packages/server/bin/server'), '#!/bin/sh\n');
    const modes = [
      'jobs/redis/',
      'jobs/redis/bin',
      'jobs/redis/bin/ctl',
      'jobs/redis/config/redis.conf',
      'data/sys/log/redis',
    ];
    assert.deepEqual(modes.map(mode), ['750', '750', '750', '640', '770']);
    assert.match(readFileSync(join(agent.root, 'etc/logrotate.d/vcap'), 'utf8'), /size=50M/);
  });

  test('start brings the processes up, a killed one comes back, stop ends them', async () => {
    assert.equal(await agent.client.call('start', []), 'started');
    await agent.untilJobState('running');
    const pid = Number(read('sys/run/redis/redis.pid'));
    const { processes } = await agent.client.call('get_state', ['full']);
    assert.deepEqual(
      processes?.map(({ name, state }) => [name, state]),
      [['redis', 'running']],
    );

    process.kill(pid, 'SIGKILL');
    await waitFor('a new process', () => Number(read('sys/run/redis/redis.pid')) !== pid);

    await agent.untilJobState('running');
    assert.equal(await agent.client.call('stop', []), 'stopped');
    await agent.untilJobState('stopped');
  });

  test('an agent that is killed leaves the processes alone', async () => {
    await agent.client.call('start', []);
    await agent.untilJobState('running');
    const pid = read('sys/run/redis/redis.pid');

    await agent.stopAgent();
    agent.startAgent();
    await agent.client.waitUntilReady({ timeoutMs: 10_000 });

    await agent.untilJobState('running');
    assert.equal(read('sys/run/redis/redis.pid'), pid);
    assert.equal((await agent.client.call('get_state', [])).deployment, 'dep');
  });

  test('the next apply removes what is no longer wanted', async () => {
    await agent.client.call('stop', []);

    await agent.client.call('apply', [await specOf(agent, { other: {} })]);

    assert.throws(() => statSync(join(agent.base, 'data/jobs/redis')), /ENOENT/);
    assert.throws(() => statSync(join(agent.base, 'packages/server')), /ENOENT/);
    assert.equal(read('jobs/other/monit'), '');
  });
});

test('packages are compiled with their dependencies; a failure shows the end of the log', async () => {
  const lib = await packageOf(agent, 'lib', { 'lib.txt': 'from lib\n' });
  const packaging = `set -e
cp ${agent.base}/packages/lib/lib.txt $BOSH_INSTALL_TARGET/
echo "$BOSH_PACKAGE_NAME $BOSH_PACKAGE_VERSION $(basename $BOSH_COMPILE_TARGET)" > $BOSH_INSTALL_TARGET/made
`;
  const source = await blobOf(agent, { packaging });

  const { result } = await agent.client.call('compile_package', [source.id, source.sha1, 'app', '2.1', { lib }]);

  assert.match(result.blobstore_id, /^[0-9a-f-]{36}$/);
  assert.match(result.sha1, /^[0-9a-f]{40}$/);
  await agent.client.call('apply', [
    await specOf(
      agent,
      {},
      { packages: { app: { name: 'app', version: '2.1', sha1: result.sha1, blobstore_id: result.blobstore_id } } },
    ),
  ]);
  assert.equal(read('packages/app/lib.txt') + read('packages/app/made'), 'from lib\napp 2.1 app\n');

  const broken = await blobOf(agent, { packaging: "echo 'failing on purpose'\nexit 7\n" });
  await assert.rejects(agent.client.call('compile_package', [broken.id, broken.sha1, 'broken', '1.1', {}]), {
    message:
      /^Action Failed get_task: Task [0-9a-f-]{36} result: Compiling package broken: Running packaging script: Running packaging script: Command exited with 7; Stdout: failing on purpose\n, Stderr: \+ echo 'failing on purpose'\n\+ exit 7\n$/,
  });
});

test('logs are packed by filter and stored', async () => {
  agent.write('data/sys/log/redis/redis.log', 'line\n');
  agent.write('data/sys/log/redis/old/redis.log.1', 'old\n');

  const all = await agent.client.call('fetch_logs', ['job', null]);
  const some = await agent.client.call('fetch_logs', ['job', ['redis/*.log']]);

  assert.ok(namesIn(all.blobstore_id).includes('./redis/old/redis.log.1'));
  assert.deepEqual(namesIn(some.blobstore_id), ['./redis/redis.log']);
  const bundled = await agent.client.call('bundle_logs', [{ owning_user: 'root', log_type: 'job,agent', filters: [] }]);
  assert.match(bundled.sha512, /^[0-9a-f]{128}$/);
  assert.equal(await agent.client.call('remove_file', [bundled.logs_tar_path]), bundled.logs_tar_path);
});

function namesIn(blobId: string): string[] {
  return execFileSync('tar', ['-tzf', join(agent.dir, 'blobstore', blobId)], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

test('DNS records are taken once a version', async () => {
  const content = JSON.stringify({ version: 3, records: [['10.0.0.7', 'a.web.default.dep.bosh']], record_keys: [] });
  const id = 'dns-blob';
  writeFileSync(join(agent.dir, 'blobstore', id), content);

  assert.equal(await agent.client.call('sync_dns', [id, digestOf(content), 3]), 'synced');
  assert.equal(await agent.client.call('sync_dns', ['gone', digestOf('x'), 2]), 'synced');

  const hosts = readFileSync(join(agent.root, 'etc/hosts'), 'utf8');
  assert.match(hosts, /^127\.0\.0\.1 localhost agent-1$/m);
  assert.match(hosts, /^10\.0\.0\.7 a\.web\.default\.dep\.bosh$/m);
  assert.equal(read('instance/dns/records.json'), content);
  assert.equal(mode('instance/dns/records.json'), '640');
});

test('an uploaded blob is found before the blobstore is asked, and gone after apply', async () => {
  const spec = await specOf(agent, { templ: { 'config/x': 'secret\n' } });
  const archive = spec.rendered_templates_archive;
  const path = join(agent.dir, 'blobstore', archive?.blobstore_id ?? '');
  const payload = readFileSync(path).toString('base64').replaceAll(/.{60}/g, '$&\n');
  rmSync(path);

  const id = await agent.client.call('upload_blob', [
    { blob_id: archive?.blobstore_id ?? '', checksum: archive?.sha1 ?? '', payload },
  ]);
  await agent.client.call('apply', [spec]);

  assert.equal(id, archive?.blobstore_id);
  assert.equal(read('jobs/templ/config/x'), 'secret\n');
  assert.throws(() => statSync(join(agent.base, 'data/sensitive_blobs', id)), /ENOENT/);
  assert.ok(!agent.log.includes(payload.slice(0, 40)));
});

test('ssh answers address and host key', async () => {
  assert.deepEqual(await agent.client.call('ssh', ['setup', { user: 'bosh_1', public_key: 'ssh-rsa x' }]), {
    command: 'setup',
    status: 'success',
    ip: '10.0.0.9',
    host_public_key: 'ssh-rsa AAAA host\n',
  });
  assert.deepEqual(await agent.client.call('ssh', ['cleanup', { user_regex: '^bosh_1' }]), {
    command: 'cleanup',
    status: 'success',
  });
});

test('heartbeats have upstream’s shape', async () => {
  const fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/heartbeat.json'), 'utf8'));
  const beats: Record<string, unknown>[] = [];
  using _ = agent.bus.subscribe('hm.agent.heartbeat.*', (_subject, payload) =>
    beats.push(payload as Record<string, unknown>),
  );

  const beat = await waitFor('a heartbeat', () => beats.find(({ job_state: state }) => state !== undefined));

  assert.deepEqual(shapeOf(beat), shapeOf(fixture));
  assert.deepEqual(JSON.parse(read('instance/health.json')), { state: beat.job_state });
});

/** The value with each leaf replaced by its type; disks but the system's depend on the machine. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value).filter(([key]) => key !== 'ephemeral' && key !== 'persistent');
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, shapeOf(inner)]),
  );
}

test('alerts of the supervisor reach the health monitor', async () => {
  const alerts: Record<string, unknown>[] = [];
  using _ = agent.bus.subscribe('hm.agent.alert.*', (_subject, payload) =>
    alerts.push(payload as Record<string, unknown>),
  );
  await agent.client.call('apply', [await specOf(agent, { redis: daemonJob(agent, 'redis') })]);
  await agent.client.call('start', []);
  await agent.untilJobState('running');

  process.kill(Number(read('sys/run/redis/redis.pid')), 'SIGKILL');

  const alert = await waitFor('an alert', () => alerts[0]);
  assert.deepEqual(
    [alert.title, alert.severity, alert.summary],
    ['redis (10.0.0.9) - Does not exist - restart', 1, "process 'redis' is not running"],
  );
});
