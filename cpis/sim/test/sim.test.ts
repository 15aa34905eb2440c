import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openNatsBus } from '@boti/agent-client';
import { agentId, diskCid, type StemcellCid, vmCid } from '@boti/core';
import { openCpi } from '@boti/cpi-client';
import type { CpiResponse } from '@boti/cpi-sdk';
import { startNats, testCertificates, waitFor } from '@boti/testkit';
import { type SimConfig, simExecutable } from '../src/index.ts';

const cleanup: (() => PromiseLike<void> | void)[] = [];
after(async () => {
  for (const work of cleanup.toReversed()) await work();
});
const dir = await mkdtemp(join(tmpdir(), 'boti-sim-'));
const certificates = await testCertificates();
const nats = await startNats({ after: (work) => cleanup.push(work) }, { tls: certificates });
const blobs = join(dir, 'blobs');
const clientTls = (pair: { readonly certificate: string; readonly privateKey: string }) => ({
  ca: certificates.ca.certificate,
  certificate: pair.certificate,
  private_key: pair.privateKey,
});
const bus = await openNatsBus({ servers: [nats.url], tls: clientTls(certificates.director) });
cleanup.push(
  () => bus[Symbol.asyncDispose](),
  () => rm(dir, { recursive: true }),
);

function sim(name: string, config: Partial<SimConfig> = {}, preferWarm = true) {
  const cpi = openCpi({
    executable: simExecutable,
    directorUuid: 'd',
    preferWarm,
    properties: {
      stateDir: join(dir, name),
      agent: { mbus: nats.url, blobstore: { provider: 'local', options: { blobstore_path: blobs } } },
      ...config,
    },
  });
  cleanup.push(() => cpi[Symbol.asyncDispose]());
  return cpi;
}

async function aVm(id: string, stemcellCid: StemcellCid, ip: string) {
  const cert = clientTls(await certificates.agent(id, 'bootstrap'));
  return {
    agentId: agentId(id),
    stemcellCid,
    cloudProperties: {},
    networks: { default: { type: 'manual' as const, ip, netmask: '255.255.255.0' } },
    diskCids: [],
    env: { bosh: { mbus: { cert } } },
  };
}

test('agents of simulated VMs answer all that a deploy asks', async () => {
  const cloud = sim('deploy').cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  const heartbeats: unknown[] = [];
  using _hm = bus.subscribe('hm.agent.heartbeat.*', (_subject, payload) => heartbeats.push(payload));

  const { cid } = await cloud.createVm(await aVm('agent-1', stemcell, '10.0.0.2'));
  const agent = bus.agent('agent-1');
  await agent.waitUntilReady({ timeoutMs: 10_000 });
  const spec = {
    deployment: 'd',
    name: 'web',
    id: 'uuid',
    index: 0,
    networks: {},
    job: { name: 'web', templates: [{ name: 'nginx' }] },
    packages: {},
  };
  await agent.call('apply', [spec]);
  await agent.call('stop', []);
  const stopped = await agent.call('get_state', []);
  await agent.call('run_script', ['pre-start', {}]);
  await agent.call('start', []);
  const running = await agent.call('get_state', ['full']);

  assert.deepEqual([stopped.job_state, running.job_state, running.deployment], ['stopped', 'running', 'd']);
  assert.deepEqual(
    running.processes?.map(({ name }) => name),
    ['nginx'],
  );
  await waitFor('a heartbeat', () => heartbeats.length > 0);
  await cloud.deleteVm(cid);
  await assert.rejects(agent.call('ping', [], { timeoutMs: 300, retries: 0 }));
});

test('compile_package leaves a blob with the digest it answers', async () => {
  const cloud = sim('compile').cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  await cloud.createVm(await aVm('agent-c', stemcell, '10.0.0.2'));
  const agent = bus.agent('agent-c');
  await agent.waitUntilReady({ timeoutMs: 10_000 });

  const { result } = await agent.call('compile_package', ['blob', 'sha', 'redis', '1.1', {}]);

  const folder = createHash('sha1').update(result.blobstore_id).digest('hex').slice(0, 2);
  const blob = await readFile(join(blobs, folder, result.blobstore_id));
  assert.equal(createHash('sha1').update(blob).digest('hex'), result.sha1);
});

test('disks are attached, mounted, and only then', async () => {
  const cloud = sim('disks').cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  const { cid } = await cloud.createVm(await aVm('agent-d', stemcell, '10.0.0.2'));
  const disk = await cloud.createDisk(100, {}, cid);
  const agent = bus.agent('agent-d');
  await agent.waitUntilReady({ timeoutMs: 10_000 });

  await assert.rejects(agent.call('add_persistent_disk', [disk, '/dev/x']), /is not attached/);
  const hint = await cloud.attachDisk(cid, disk);
  await agent.call('add_persistent_disk', [disk, hint]);
  await agent.call('mount_disk', [disk]);
  assert.deepEqual(await agent.call('list_disk', []), [disk]);
  await assert.rejects(cloud.detachDisk(cid, disk), /still mounted/);
  await agent.call('unmount_disk', [disk]);
  await cloud.detachDisk(cid, disk);
  await assert.rejects(cloud.attachDisk(vmCid('gone'), disk), { type: 'VMNotFound' });
  await assert.rejects(cloud.attachDisk(cid, diskCid('gone')), { type: 'DiskNotFound' });
});

test('new credentials take effect without a restart', async () => {
  const cloud = sim('credentials').cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  await cloud.createVm(await aVm('agent-u', stemcell, '10.0.0.2'));
  const agent = bus.agent('agent-u');
  await agent.waitUntilReady({ timeoutMs: 10_000 });

  const cert = clientTls(await certificates.agent('agent-u'));
  await agent.call('update_settings', [{ trusted_certs: '', disk_associations: [], mbus: { cert } }]);

  await waitFor(
    'the second connection',
    async () => (await cloud.consoleLog((await cloud.list()).vms[0] ?? vmCid(''))).split('connected').length === 3,
  );
  assert.equal(await agent.call('ping', []), 'pong');
});

test('faults strike as often as they are told', async () => {
  const cloud = sim('faults').cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  const rules = [
    { method: 'create_vm', times: 2, error: { type: 'VMCreationFailed', message: 'no room', okToRetry: true } },
    { action: 'start', match: 'agent-f', times: 1, exception: 'monit is ill' },
    { action: 'run_errand', value: { stdout: '', stderr: 'bad', exit_code: 7 } },
    { method: 'has_vm', hang: true },
  ];
  await writeFile(join(dir, 'faults', 'faults.json'), JSON.stringify(rules));
  const request = await aVm('agent-f', stemcell, '10.0.0.2');

  for (let attempt = 0; attempt < 2; attempt += 1) {
    await assert.rejects(cloud.createVm(request), { type: 'VMCreationFailed', okToRetry: true });
  }
  await cloud.createVm(request);
  const agent = bus.agent('agent-f');
  await agent.waitUntilReady({ timeoutMs: 10_000 });

  await assert.rejects(agent.call('start', []), /monit is ill/);
  assert.equal(await agent.call('start', []), 'started');
  assert.equal((await agent.call('run_errand', [])).exit_code, 7);
  const signal = AbortSignal.timeout(300);
  await assert.rejects(sim('faults').cloud({ signal }).hasVm(vmCid('x')), { name: 'TimeoutError' });
});

test('quotas bound what there is, and free what is deleted', async () => {
  const cloud = sim('quotas', { quotas: { vms: 1, disks: 3, diskMib: 100, stemcells: 1, snapshots: 1 } }).cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  await assert.rejects(cloud.createStemcell(import.meta.filename, {}), { type: 'CloudError' });
  const disk = await cloud.createDisk(60, {});
  await assert.rejects(cloud.createDisk(60, {}), { type: 'NoDiskSpace' });
  await cloud.resizeDisk(disk, 100);
  await assert.rejects(cloud.resizeDisk(disk, 101), { type: 'NoDiskSpace' });
  await cloud.snapshotDisk(disk, {});
  await assert.rejects(cloud.snapshotDisk(disk, {}), /1 of 1 snapshots exist/);

  const { cid } = await cloud.createVm(await aVm('agent-q1', stemcell, '10.0.0.2'));
  const second = await aVm('agent-q2', stemcell, '10.0.0.3');
  await assert.rejects(cloud.createVm(second), { type: 'VMCreationFailed', okToRetry: true });
  await cloud.deleteVm(cid);
  await cloud.createVm(second);
});

test('the same seed gives the same failures; calls take as long as they are told', async () => {
  const failures = async (name: string, seed: number): Promise<string> => {
    const cloud = sim(name, {
      seed,
      errorRates: { create_disk: 0.5 },
      latencyMs: { create_disk: 20, default: 0 },
    }).cloud();
    let pattern = '';
    for (let n = 0; n < 20; n += 1)
      pattern += await cloud.createDisk(1, {}).then(
        () => '.',
        () => 'x',
      );
    return pattern;
  };

  const started = performance.now();
  const first = await failures('seed-a', 7);

  assert.ok(performance.now() - started >= 20 * 15);
  assert.equal(await failures('seed-b', 7), first);
  assert.notEqual(await failures('seed-c', 8), first);
});

test('a creation that still runs is waited for by who asks for it', async () => {
  const cloud = sim('creations', { latencyMs: { create_vm: 500 } }).cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  const made = cloud.createVm(await aVm('agent-w', stemcell, '10.0.0.2'));
  await delay(100);

  const found = await cloud.findCreation('agent-w');

  assert.equal(found, (await made).cid);
});

test('a CPI process that is killed takes its calls with it', async () => {
  const stateDir = join(dir, 'killed');
  const cloud = sim('killed', { latencyMs: { create_vm: 1000 } }).cloud();
  const stemcell = await cloud.createStemcell(import.meta.filename, {});
  const child = spawn(simExecutable, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const context = { director_uuid: 'd', stateDir, latencyMs: { create_vm: 1000 } };
  child.stdin.end(JSON.stringify({ method: 'create_vm', arguments: ['agent-k', stemcell, {}, {}, [], {}], context }));
  await delay(600);
  process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');

  assert.equal(await cloud.findCreation('agent-k'), undefined);
  await delay(800);
  assert.deepEqual((await cloud.list()).vms, []);
});

test('what stands on stdin and is no request is answered too', async () => {
  for (const body of ['no json', '{"method": 1}', '[]']) {
    const { stdout } = spawnSync(simExecutable, { input: body, encoding: 'utf8' });
    const { result, error, log } = JSON.parse(stdout) as CpiResponse;
    assert.deepEqual([result, error?.type, log], [null, 'Bosh::Clouds::CpiError', '']);
  }
});

test('the cloud outlives its CPI processes and its own death', async () => {
  const cold = sim('restart', {}, false).cloud();
  const stemcell = await cold.createStemcell(import.meta.filename, {});
  const { cid } = await cold.createVm(await aVm('agent-r', stemcell, '10.0.0.2'));
  const agent = bus.agent('agent-r');
  await agent.waitUntilReady({ timeoutMs: 10_000 });
  const log = (await readFile(join(dir, 'restart', 'sim.log'), 'utf8')).trim().split('\n');
  const { pid } = JSON.parse(log.find((line) => line.includes('is up')) ?? '{}') as { pid: number };

  process.kill(pid, 'SIGKILL');
  await waitFor('the death of the cloud', () => cold.hasVm(cid).catch(() => false));

  await agent.waitUntilReady({ timeoutMs: 10_000 });
  await assert.rejects(cold.createVm(await aVm('agent-s', stemcell, '10.0.0.2')), /10.0.0.2 is in use/);
});
