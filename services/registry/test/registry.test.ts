import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { type AgentSettings, registryClient } from '@boti/cpi-sdk';
import { type RunningProgram, startProgram } from '@boti/testkit';

const dir = await mkdtemp(join(tmpdir(), 'boti-registry-'));
const directory = join(dir, 'settings');
const start = async (): Promise<RunningProgram> => {
  const users = [
    { user: 'cpi', password: 'p' },
    { user: 'other', password: 'o' },
  ];
  await writeFile(
    join(dir, 'config.json'),
    JSON.stringify({ directory, users, listen: [{ host: '127.0.0.1', port: 0 }] }),
  );
  return await startProgram(join(import.meta.dirname, '../src/main.ts'), '--config', join(dir, 'config.json'));
};
let registry = await start();
after(async () => {
  await registry.stop();
  await rm(dir, { recursive: true });
});

const settings = (ip: string): AgentSettings => ({
  agent_id: 'a',
  vm: { name: 'v' },
  networks: { lan: { type: 'manual', ip } },
  disks: { persistent: {} },
  env: { bosh: { password: 'hunter2' } },
});
const client = (password = 'p') => registryClient({ endpoint: registry.urls[0] ?? '', user: 'cpi', password });

async function call(
  method: string,
  path: string,
  { auth, body, from = '127.0.0.1' }: { readonly auth?: string; readonly body?: string; readonly from?: string } = {},
): Promise<readonly [number | undefined, unknown]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly [number | undefined, unknown]>();
  const sent = request(`${registry.urls[0]}${path}`, {
    method,
    localAddress: from,
    ...(auth !== undefined && { auth }),
  });
  sent.on('error', reject);
  sent.on('response', (response) => {
    text(response).then((answer) => resolve([response.statusCode, JSON.parse(answer)]), reject);
  });
  sent.end(body);
  return await promise;
}

test('settings come back as they were put, as a text within JSON, and are gone when deleted', async () => {
  const body = '{"agent_id":"a",  "as":"it is"}';

  assert.deepEqual(await call('PUT', '/instances/vm-1/settings', { auth: 'other:o', body }), [200, { status: 'ok' }]);
  assert.deepEqual(await call('GET', '/instances/vm-1/settings', { auth: 'cpi:p' }), [
    200,
    { status: 'ok', settings: body },
  ]);
  for (let n = 0; n < 2; n += 1) {
    assert.deepEqual(await call('DELETE', '/instances/vm-1/settings', { auth: 'cpi:p' }), [200, { status: 'ok' }]);
  }
  assert.deepEqual(await call('GET', '/instances/vm-1/settings', { auth: 'cpi:p' }), [404, { status: 'not_found' }]);
});

test('only users write; without credentials a VM reads its own settings alone', async () => {
  const body = JSON.stringify(settings('127.0.0.7'));
  const path = '/instances/vm-2/settings';
  await call('PUT', path, { auth: 'cpi:p', body });

  assert.deepEqual(await call('PUT', path, { body }), [401, { status: 'access_denied' }]);
  assert.deepEqual(await call('DELETE', path, {}), [401, { status: 'access_denied' }]);
  assert.deepEqual(await call('GET', path, { auth: 'cpi:wrong' }), [401, { status: 'access_denied' }]);
  assert.equal((await call('GET', path, { from: '127.0.0.7' }))[0], 200);
  assert.deepEqual(await call('GET', path, { from: '127.0.0.8' }), [500, { status: 'error' }]);
});

test('names lead nowhere but into the folder of the settings', async () => {
  await client().put('../../escape', settings('10.0.0.2'));

  assert.equal((await client().get('../../escape'))?.agent_id, 'a');
  assert.ok((await readdir(directory)).every((name) => /^[0-9a-f]{64}$/.test(name)));
  assert.deepEqual(await readdir(dir), ['config.json', 'settings']);
});

test('updates at the same time are all kept, and a restart loses nothing', async () => {
  await client().put('vm-3', settings('10.0.0.2'));
  const attach = (disk: string): Promise<void> =>
    client().update('vm-3', (all) => ({
      ...all,
      disks: { persistent: { ...all.disks.persistent, [disk]: '/dev/x' } },
    }));

  await Promise.all(['d1', 'd2', 'd3', 'd4'].map(attach));
  await registry.stop('SIGKILL');
  registry = await start();

  const { disks } = (await client().get('vm-3')) ?? assert.fail('the settings are gone');
  assert.deepEqual(Object.keys(disks.persistent ?? {}).toSorted(), ['d1', 'd2', 'd3', 'd4']);
});

test('what goes wrong is said without secrets, and the log has none', async () => {
  await assert.rejects(client('wrong').put('vm-4', settings('10.0.0.2')), (error: Error) => {
    assert.match(error.message, /registry at .* PUT of 'vm-4': it answered 401/);
    return !error.message.includes('hunter2');
  });
  await assert.rejects(
    client().update('nothing', (all) => all),
    /no settings of VM 'nothing'/,
  );
  assert.doesNotMatch(registry.log.join('\n'), /hunter2/);
});
