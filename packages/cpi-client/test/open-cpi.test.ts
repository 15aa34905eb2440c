import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { agentId, diskCid, stemcellCid, vmCid } from '@boti/core';
import type { CloudError } from '@boti/cpi-sdk';
import { type CpiCallRecord, type CpiOptions, openCpi } from '../src/index.ts';

const dir = await mkdtemp(join(tmpdir(), 'boti-cpi-client-'));
after(() => rm(dir, { recursive: true }));

const toy: CpiOptions = {
  executable: process.execPath,
  args: [join(import.meta.dirname, 'toy-cpi.ts')],
  directorUuid: 'director-1',
  properties: { greeting: 'hello' },
};
const aVm = (id: string) => ({
  agentId: agentId(id),
  stemcellCid: stemcellCid('s'),
  cloudProperties: { secret_type: 'c4' },
  networks: { default: { type: 'manual' as const, ip: '10.0.0.2', cloud_properties: { name: 'lan' } } },
  diskCids: [],
  env: { bosh: { group: 'g', password: 'hunter2' } },
});

async function shellCpi(name: string, script: string): Promise<CpiOptions> {
  const executable = join(dir, name);
  await writeFile(executable, `#!/bin/sh\n${script}\n`);
  await chmod(executable, 0o755);
  return { executable, directorUuid: 'director-1' };
}

/** A CPI in shell: answers `info`, then for anything else what `script` prints. */
const answering = (name: string, script: string, version = 2): Promise<CpiOptions> =>
  shellCpi(
    name,
    `request=$(cat)
case $request in *'"method":"info"'*) echo '{"result":{"api_version":${version}},"error":null,"log":""}'; exit;; esac
${script}`,
  );

for (const preferWarm of [false, true]) {
  const mode = preferWarm ? 'warm' : 'cold';

  test(`${mode}: calls reach the CPI and answers come back`, async () => {
    await using cpi = openCpi({ ...toy, preferWarm });
    const cloud = cpi.cloud({ creationId: 'agent-1' });

    const { cid } = await cloud.createVm(aVm('agent-1'));
    const hint = await cloud.attachDisk(cid, diskCid('d'));
    const there = [await cloud.hasVm(cid), await cloud.hasVm(vmCid('gone'))];

    assert.equal(cid, 'hello-agent-1');
    assert.deepEqual(hint, { path: '/dev/d' });
    assert.deepEqual(there, [true, false]);
    assert.equal(await cloud.createStemcell('/x', {}, { team: 'a' }), 'stemcell-{"team":"a"}');
  });

  test(`${mode}: errors keep their type, their okToRetry and their request`, async () => {
    await using cpi = openCpi({ ...toy, preferWarm });

    await assert.rejects(cpi.cloud().createVm(aVm('refused')), (error: CloudError) => {
      assert.equal(error.type, 'VMCreationFailed');
      assert.equal(error.okToRetry, true);
      assert.match(
        error.message,
        /^CPI error 'Bosh::Clouds::VMCreationFailed' with message 'no room' in 'create_vm' CPI method \(CPI request ID: 'cpi-\d{6}'\)$/,
      );
      return true;
    });
    await assert.rejects(cpi.cloud().resizeDisk(diskCid('d'), 5), { type: 'NotImplemented' });
  });

  test(`${mode}: an aborted call gives up at once and the next one works`, async () => {
    await using cpi = openCpi({ ...toy, preferWarm });
    await cpi.info();
    const signal = AbortSignal.timeout(400);

    const started = Date.now();
    await assert.rejects(cpi.cloud({ signal }).createVm(aVm('slow')), { name: 'TimeoutError' });

    assert.ok(Date.now() - started < 5000);
    assert.equal(await cpi.cloud().hasVm(vmCid('x')), true);
  });

  test(`${mode}: a CPI that does not heed a cancel holds its caller for less than five seconds`, async () => {
    const running = join(dir, `hung-${mode}`);
    await using cpi = openCpi({ ...toy, preferWarm, properties: { greeting: running } });
    const controller = new AbortController();
    const call = cpi.cloud({ signal: controller.signal }).createVm(aVm('hung'));
    while (!existsSync(running)) await delay(20);

    const started = performance.now();
    controller.abort(new Error('enough'));
    await assert.rejects(call, /enough/);

    const waited = performance.now() - started;
    assert.ok(waited >= 2000 && waited < 5000, `${waited} ms`);
    assert.equal(await cpi.cloud().hasVm(vmCid('x')), true);
  });

  test(`${mode}: a CPI that crashes is reported with its call, and the next call works`, async () => {
    await using cpi = openCpi({ ...toy, preferWarm });

    await assert.rejects(cpi.cloud().deleteVm(vmCid('crash')), /exit code 7.* in 'delete_vm' CPI method/s);

    assert.equal(await cpi.cloud().hasVm(vmCid('x')), true);
  });

  test(`${mode}: a deadline ends a call that never comes back`, async () => {
    await using cpi = openCpi({ ...toy, preferWarm, deadlines: { create_vm: 300 } });

    await assert.rejects(cpi.cloud().createVm(aVm('slow')), /within 0.3 s/);
  });
}

test('warm: a call that is aborted while the process starts gives up', async () => {
  await using cpi = openCpi(toy);
  await cpi.info();
  const controller = new AbortController();

  const call = cpi.cloud({ signal: controller.signal }).createVm(aVm('slow'));
  setImmediate(() => controller.abort(new Error('enough')));

  await assert.rejects(call, /enough/);
});

test('warm: one process answers a thousand calls', async () => {
  await using cpi = openCpi(toy);
  const pids = new Set<string>();
  const onCall = ({ log }: CpiCallRecord): unknown => pids.add(/pid=(\d+)/.exec(log)?.[1] ?? '');
  const cloud = cpi.cloud({ onCall });
  await cpi.cloud().hasVm(vmCid('x'));

  for (let i = 0; i < 1000; i += 1) await cloud.hasVm(vmCid('logged'));

  assert.equal(pids.size, 1);
});

test('the record of a call holds no secrets', async () => {
  await using cpi = openCpi(toy);
  const records: CpiCallRecord[] = [];

  await cpi.cloud({ onCall: (record) => records.push(record) }).createVm(aVm('agent-1'));

  const create = records.find(({ method }) => method === 'create_vm');
  const request = JSON.parse(create?.request ?? '') as { arguments: unknown[]; context: object; api_version: number };
  assert.deepEqual(request.arguments, [
    'agent-1',
    's',
    { secret_type: '<redacted>' },
    { default: { type: 'manual', ip: '10.0.0.2', cloud_properties: { name: '<redacted>' } } },
    [],
    { bosh: { group: 'g', password: '<redacted>' } },
  ]);
  assert.deepEqual(request.context, {
    greeting: '<redacted>',
    director_uuid: 'director-1',
    request_id: create?.requestId,
  });
  assert.equal(request.api_version, 3);
  assert.match(create?.response ?? '', /"lan"|<redacted>/);
});

for (const preferWarm of [true, false]) {
  test(`what a ${preferWarm ? 'warm' : 'cold'} CPI logs is in the record of its call once`, async () => {
    await using cpi = openCpi({ ...toy, preferWarm });
    const records: CpiCallRecord[] = [];

    await cpi.cloud({ onCall: (record) => records.push(record) }).hasVm(vmCid('logged'));

    const { request, response, log, stderr } = records.find(({ method }) => method === 'has_vm') ?? assert.fail();
    assert.equal([request, response, log, stderr].join('\n').split('looked').length, 2);
    assert.match(log, /looked/);
  });
}

test('calls at the same time share one process, and what they log is in their own records only', async () => {
  await using cpi = openCpi(toy);
  const records: CpiCallRecord[] = [];
  const cloud = cpi.cloud({ onCall: (record) => records.push(record) });

  await Promise.all(Array.from({ length: 5 }, () => cloud.hasVm(vmCid('logged'))));

  const calls = records.filter(({ method }) => method === 'has_vm');
  assert.deepEqual(
    calls.map(({ log, stderr }) => [log.split('looked').length, stderr]),
    calls.map(() => [2, '']),
  );
  assert.equal(new Set(calls.map(({ log }) => /pid=\d+/.exec(log)?.[0])).size, 1);
});

test('a CPI of version 1 answers create_vm with a text and attach_disk with nothing', async () => {
  const options = await answering(
    'v1',
    `case $request in *create_vm*) echo '{"result":"i-1","error":null,"log":""}';; *) echo '{"result":null,"error":null,"log":""}';; esac`,
    1,
  );
  await using cpi = openCpi(options);

  const { cid } = await cpi.cloud().createVm(aVm('a'));

  assert.equal(cid, 'i-1');
  await assert.rejects(
    cpi.cloud().attachDisk(cid, diskCid('d')),
    /No disk_hint .* version 1 passes it through a registry/,
  );
});

test('odd answers of void methods do not matter', async () => {
  await using cpi = openCpi(await answering('odd', `echo '{"result":6507,"error":null,"log":""}'`));

  await cpi.cloud().detachDisk(vmCid('v'), diskCid('d'));
});

test('legacy spellings of an unknown method are NotImplemented', async () => {
  for (const [type, message] of [
    ['InvalidCall', 'Method is not known, got'],
    ['Bosh::Clouds::CloudError', 'Invalid Method:'],
  ]) {
    const error = JSON.stringify({ type, message: `${message} x`, ok_to_retry: false });
    await using cpi = openCpi(await answering('legacy', `echo '{"result":null,"error":${error},"log":""}'`));

    await assert.rejects(cpi.cloud().rebootVm(vmCid('v')), { type: 'NotImplemented' });
  }
});

test('rubbish on stdout is shown with the end of stderr', async () => {
  await using cpi = openCpi(await answering('rubbish', 'echo Segmentation fault; echo "no such region" >&2; exit 3'));

  await assert.rejects(
    cpi.cloud().hasVm(vmCid('v')),
    /no valid response \(exit code 3\) in 'has_vm'.*Segmentation fault.*no such region/s,
  );
});

test('an answer of the wrong type names the method', async () => {
  await using cpi = openCpi(await answering('wrong', `echo '{"result":"yes","error":null,"log":""}'`));

  await assert.rejects(cpi.cloud().hasVm(vmCid('v')), /answered 'has_vm' with something else.*expected boolean/);
});

test('an executable that is not there is named', async () => {
  await using cpi = openCpi({ executable: '/no/such/cpi', directorUuid: 'd' });

  await assert.rejects(cpi.cloud().hasVm(vmCid('v')), /CPI \/no\/such\/cpi cannot be run: .*ENOENT/);
});

test('a CPI sees nothing of the environment but PATH, HOME, TMPDIR and what it is given', async () => {
  const options = await answering(
    'env',
    `printf '{"result":"%s","error":null,"log":""}' "$(env | cut -d= -f1 | sort | tr '\\n' ' ')"`,
  );
  await using cpi = openCpi({ ...options, env: { BOSH_JOBS_DIR: '/x' } });

  const names = await cpi.cloud().consoleLog(vmCid('v'));

  assert.deepEqual(
    names
      .trim()
      .split(' ')
      .filter((name) => !['_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name)),
    ['BOSH_JOBS_DIR', 'HOME', 'PATH', 'TMPDIR'],
  );
});

test('a CPI whose serve mode does not work is called one process each', async () => {
  const info = `{"result":{"api_version":2,"boti":{"extensions":["serve"]}},"error":null,"log":""}`;
  const options = await shellCpi(
    'no-serve',
    `[ "$1" = serve ] && exit 9
case $(cat) in *'"method":"info"'*) echo '${info}';; *) echo '{"result":true,"error":null,"log":""}';; esac`,
  );
  await using cpi = openCpi(options);

  assert.deepEqual([await cpi.cloud().hasVm(vmCid('v')), await cpi.cloud().hasVm(vmCid('v'))], [true, true]);
});
