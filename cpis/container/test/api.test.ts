/** What the API does besides answering calls: whom it lets in, what it refuses, what it leaves behind. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { testCertificates, waitFor } from '@boti/testkit';
import { writeCpiConfig } from './test-cloud.ts';
import { apiCloud, startApi, token } from './test-cloud-over-api.ts';

const { cloud, api } = await apiCloud('10.249.15', 'botitest5', { maxImageMib: 16, maxCalls: 2 });
after(() => cloud[Symbol.asyncDispose]());
const stemcell = await cloud.call('create_stemcell', cloud.image, {});
const secret = 'the password of a VM';
const vmArguments = (agent: string): readonly unknown[] => [
  agent,
  stemcell,
  {},
  cloud.network(10),
  [],
  { bosh: { password: secret } },
];

interface Raw {
  readonly head: unknown;
  readonly image?: Buffer;
  readonly as?: string;
}

/** A request as no client of ours would send it. */
async function raw({ head, image = Buffer.alloc(0), as = token }: Raw) {
  const headers = { authorization: `Bearer ${as}` };
  const url = new URL(`/v1/calls/${randomUUID()}`, api.server.urls[0]);
  const outgoing = request(url, { method: 'POST', ca: api.ca, headers });
  outgoing.end(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), image]));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: (await json(response)) as { error: { type: string; message: string } } };
}

const call = (method: string, ...args: readonly unknown[]) => ({ request: { method, arguments: args } });
const leftovers = (): Promise<readonly string[]> => readdir(join(cloud.stateDir, 'uploads')).catch(() => []);

test('who has no token learns nothing', async () => {
  const { status, body } = await raw({ head: call('list'), as: 'something else of some length' });

  assert.equal(status, 401);
  assert.deepEqual(body, { error: 'The token is missing or wrong' });
  await writeCpiConfig(join(cloud.dir, 'stranger.json'), { url: api.server.urls[0], ca: api.ca, token: 'stranger' });
  const answer = await cloud.answerWith(join(cloud.dir, 'stranger.json'), 'has_vm', ['vm-x']);
  assert.equal(answer.error?.type, 'Bosh::Clouds::CpiError');
  assert.match(answer.error.message, /The token is missing or wrong\nCorrect 'token'/);
});

test('a client believes no other certificate than the one it was given', async () => {
  const { ca } = await testCertificates();
  await writeCpiConfig(join(cloud.dir, 'other-ca.json'), { url: api.server.urls[0], ca: ca.certificate, token });

  const answer = await cloud.answerWith(join(cloud.dir, 'other-ca.json'), 'has_vm', ['vm-x']);

  assert.match(answer.error?.message ?? '', /gave no answer: .*\nIts certificate does not come from 'ca'/);
});

test('nobody listening is said, with what to do', async () => {
  await writeCpiConfig(join(cloud.dir, 'nobody.json'), { url: 'https://127.0.0.1:1', ca: api.ca, token });

  const answer = await cloud.answerWith(join(cloud.dir, 'nobody.json'), 'info', []);

  assert.match(answer.error?.message ?? '', /gave no answer: .*ECONNREFUSED.*\nIs its API running there/);
});

test('an id that is a path is refused', async () => {
  const calls: readonly (readonly [string, ...unknown[]])[] = [
    ['delete_stemcell', '../../etc'],
    ['create_vm', '../x', stemcell, {}, cloud.network(10), [], {}],
    ['attach_disk', 'vm-x', 'a/b'],
    ['find_creation', '..'],
  ];
  for (const args of calls) {
    await assert.rejects(cloud.call(...args), { type: 'Bosh::Clouds::CpiError', message: /is no id/ });
  }
});

test('no file of the host is read, and no property of its cloud is changed', async () => {
  const { body } = await raw({ head: call('create_stemcell', cloud.image, {}) });
  assert.match(body.error.message, /came without its image/);

  const elsewhere = { ...call('list').request, context: { director_uuid: '', stateDir: '/tmp/elsewhere' } };
  const { body: list } = await raw({ head: { request: elsewhere } });
  assert.deepEqual((list as unknown as { result: { stemcells: unknown } }).result.stemcells, [stemcell]);
});

test('an image that is too large, too short, too long or changed is refused and leaves nothing', async () => {
  const image = Buffer.from('not much');
  const send = (bytes: number, sha256 = 'a'.repeat(64)) =>
    raw({ head: { ...call('create_stemcell', 'x', {}), image: { bytes, sha256 } }, image });

  assert.match((await send(17 * 2 ** 20)).body.error.message, /has 17 MiB; the container cloud takes 16/);
  assert.match((await send(9)).body.error.message, /has 8 bytes, 9 were announced/);
  assert.match((await send(7)).body.error.message, /more than the 7 bytes/);
  assert.match((await send(8)).body.error.message, /does not have the digest/);
  assert.match((await raw({ head: 'nonsense' })).body.error.message, /is malformed/);
  assert.deepEqual(await leftovers(), []);
  assert.deepEqual(((await cloud.call('list')) as { stemcells: unknown }).stemcells, [stemcell]);
});

test('a client that is told to stop has its call undone before it answers', async () => {
  const child = cloud.start('create_vm', vmArguments('agent-cancelled'));
  await waitFor('the VM to be begun', async () => (await readdir(join(cloud.stateDir, 'vms'))).length > 0, 20_000);
  child.kill('SIGTERM');
  const answer = await text(child.stdout as Readable);

  assert.match(answer, /"error":\{"type":"Bosh::Clouds::CloudError","message":"The call was cancelled/);
  assert.deepEqual(await readdir(join(cloud.stateDir, 'vms')), []);
});

test('more calls at a time than allowed are turned away', async () => {
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => raw({ head: call('list') })));

  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 503]);
});

test('the log tells each call, and no secret', async () => {
  await cloud.call('list');
  const lines = api.server.log.filter((line) => line.includes('"method":"list"'));

  assert.ok(lines.length > 0);
  assert.ok(!api.server.log.join('\n').includes(token));
  assert.ok(!api.server.log.join('\n').includes(secret));
});

test('what a killed server was making is gone once its successor is asked', async () => {
  const calling = cloud.answer('create_vm', vmArguments('agent-orphaned'));
  await waitFor('the VM to be begun', async () => (await readdir(join(cloud.stateDir, 'vms'))).length > 0, 20_000);
  await api.server.stop('SIGKILL');
  assert.match((await calling).error?.message ?? '', /gave no answer/);
  const port = Number(new URL(api.server.urls[0] ?? '').port);
  const next = await startApi(cloud.dir, cloud.properties, { listen: [{ host: '127.0.0.1', port }] });
  after(() => next.server.stop());
  await writeCpiConfig(join(cloud.dir, 'client.json'), { url: next.server.urls[0], ca: next.ca, token });

  assert.equal(await cloud.call('find_creation', 'agent-orphaned'), null);

  assert.deepEqual(await readdir(join(cloud.stateDir, 'vms')), []);
});
