import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { directorVersion } from '../src/version.ts';
import { aRelease, aStemcell } from './support/artifacts.ts';
import { startTestDirector } from './support/running-director.ts';

const director = await startTestDirector({ after });
const { call } = director;
const yaml = { 'content-type': 'text/yaml' };
const jsonType = { 'content-type': 'application/json' };
const cloudConfig = `azs:\n- name: z1\nvm_types:\n- name: small\n`;

test('info needs no user and tells who asks', async () => {
  const anonymous = await call('GET', '/info', { auth: null });
  const wrong = await call('GET', '/info', { auth: 'admin:wrong' });
  const known = await call('GET', '/info');

  const { uuid, ...info } = anonymous.json as Record<string, unknown>;
  assert.match(String(uuid), /^[0-9a-f-]{36}$/);
  assert.deepEqual(info, {
    name: 'test-director',
    version: directorVersion,
    user: null,
    cpi: 'default',
    stemcell_os: '-',
    stemcell_version: '-',
    user_authentication: { type: 'basic', options: {} },
    features: {
      local_dns: { status: false, extras: { domain_name: 'bosh' } },
      snapshots: { status: false },
      config_server: { status: false, extras: { urls: [] } },
    },
  });
  assert.equal((wrong.json as { user: unknown }).user, null);
  assert.equal((known.json as { user: unknown }).user, 'admin');
});

test('who is not known, or may not, is told so as upstream does', async () => {
  const unknown = await call('GET', '/deployments?exclude_configs=true', { auth: 'admin:wrong' });
  assert.deepEqual(
    [unknown.status, unknown.text, unknown.headers['www-authenticate']],
    [401, "Not authorized: '/deployments'\n", 'Basic realm="BOSH Director"'],
  );

  const reader = await call('POST', '/cleanup', { auth: 'reader:reader', headers: jsonType, body: '{}' });
  const { code, description } = reader.json as { code: number; description: string };
  assert.deepEqual([reader.status, code], [401, 600000]);
  assert.match(description, /^Require one of the scopes: bosh\.admin, bosh\.[0-9a-f-]+\.admin$/);
  assert.equal((await call('GET', '/deployments', { auth: 'reader:reader' })).status, 200);
});

test('an unknown path, and a known one with another media type, are not found', async () => {
  const path = await call('GET', '/nonsense');
  const media = await call('POST', '/cleanup', { headers: yaml, body: 'a: b' });

  assert.deepEqual([path.status, path.text], [404, "Endpoint '/nonsense' not found."]);
  assert.deepEqual([media.status, media.text], [404, "Endpoint '/cleanup' not found."]);
});

test('errors carry number and description', async () => {
  const missing = await call('GET', '/deployments/nosuch/instances?format=full');
  const task = await call('GET', '/tasks/99999');
  const manifest = await call('POST', '/deployments', { headers: yaml, body: '- a' });

  assert.deepEqual(
    [missing.status, missing.json],
    [404, { code: 70000, description: "Deployment 'nosuch' doesn't exist" }],
  );
  assert.deepEqual([task.status, task.json], [404, { code: 10000, description: 'Task 99999 not found' }]);
  assert.deepEqual([manifest.status, (manifest.json as { code: number }).code], [400, 440001]);
});

test('configs are versioned, compared and deleted', async () => {
  const first = await call('POST', '/cloud_configs?name=', { headers: yaml, body: cloudConfig });
  const again = await call('POST', '/cloud_configs?name=', { headers: yaml, body: cloudConfig });
  const body = JSON.stringify({ type: 'cloud', name: 'default', content: `${cloudConfig}disk_types: []\n` });
  const second = await call('POST', '/configs', { headers: jsonType, body });
  const list = await call('GET', '/configs?latest=true&limit=1');
  const diff = await call('POST', '/configs/diff', {
    headers: jsonType,
    body: JSON.stringify({ from: { id: '1', content: '' }, to: { id: '2', content: '' } }),
  });
  const conflict = await call('POST', '/configs', {
    headers: jsonType,
    body: JSON.stringify({ type: 'cloud', name: 'default', content: 'a: b', expected_latest_id: '1' }),
  });

  assert.deepEqual([first.status, again.status, second.status], [201, 201, 201]);
  const [config] = list.json as Record<string, unknown>[];
  const { created_at: createdAt, ...rest } = config ?? {};
  assert.match(String(createdAt), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  assert.deepEqual(rest, {
    content: `${cloudConfig}disk_types: []\n`,
    id: '2',
    type: 'cloud',
    name: 'default',
    team: null,
    current: true,
  });
  assert.deepEqual(diff.json, { diff: [['disk_types: []', 'added']] });
  assert.deepEqual([conflict.status, (conflict.json as { latest_id: string }).latest_id], [412, '2']);
  assert.equal((await call('GET', '/cloud_configs')).text, 'limit is required');
  assert.equal((await call('DELETE', '/configs?type=cloud&name=default')).status, 204);
  assert.deepEqual((await call('GET', '/configs')).json, []);
});

test('a release is uploaded, listed, matched and deleted', async () => {
  const path = await aRelease(director.directory);
  const upload = await call('POST', '/releases?', {
    headers: { 'content-type': 'application/x-compressed' },
    body: createReadStream(path),
  });
  assert.match(String(upload.headers.location), /^https:\/\/127\.0\.0\.1:\d+\/tasks\/1$/);

  const task = await director.task(upload);
  const list = await call('GET', '/releases');
  const version = await call('GET', '/releases/golden?version=1');
  const again = await call('POST', '/releases', {
    headers: { 'content-type': 'application/x-compressed' },
    body: createReadStream(path),
  });

  assert.deepEqual(
    [task.state, task.result, task.description],
    ['done', "Created release 'golden/1'", 'create release'],
  );
  assert.deepEqual(
    (await director.events(task.id)).filter(({ state }) => state === 'finished').map(({ stage }) => stage),
    [
      'Extracting release',
      'Verifying manifest',
      'Resolving package dependencies',
      'Creating new packages',
      'Creating new jobs',
      'Release has been created',
    ],
  );
  const [release] = list.json as { name: string; release_versions: Record<string, unknown>[] }[];
  const { commit_hash: _, ...listed } = release?.release_versions[0] ?? {};
  assert.equal(release?.name, 'golden');
  assert.deepEqual(listed, {
    version: '1',
    uncommitted_changes: false,
    currently_deployed: false,
    job_names: ['server'],
  });
  const { jobs, packages } = version.json as Record<string, Record<string, unknown>[]>;
  assert.deepEqual(Object.keys(jobs?.[0] ?? {}), [
    'name',
    'blobstore_id',
    'sha1',
    'fingerprint',
    'consumes',
    'provides',
  ]);
  assert.deepEqual(Object.keys(packages?.[0] ?? {}), [
    'name',
    'blobstore_id',
    'sha1',
    'fingerprint',
    'compiled_packages',
  ]);
  const { id } = await director.task(again);
  assert.ok((await director.events(id)).some(({ stage }) => stage === 'Processing 1 existing package'));
  const fingerprint = String(packages?.[0]?.fingerprint);
  const matches = await call('POST', '/packages/matches', {
    headers: yaml,
    body: JSON.stringify({
      name: 'golden',
      version: '1',
      packages: [{ name: 'app', version: fingerprint, fingerprint }],
    }),
  });
  assert.deepEqual(matches.json, [fingerprint]);
  assert.equal((await director.task(await call('DELETE', '/releases/golden?version=1'))).state, 'done');
  assert.deepEqual((await call('GET', '/releases')).json, []);
});

test('a stemcell is uploaded once and shown', async () => {
  const question = { headers: jsonType, body: '{"stemcell":{"name":"ubuntu-stemcell","version":"1"}}' };
  assert.deepEqual((await call('POST', '/stemcell_uploads', question)).json, { needed: true });
  const path = await aStemcell(director.directory);

  const task = await director.task(
    await call('POST', '/stemcells?', {
      headers: { 'content-type': 'application/x-compressed' },
      body: createReadStream(path),
    }),
  );

  assert.deepEqual([task.state, task.result], ['done', '/stemcells/ubuntu-stemcell/1']);
  assert.deepEqual((await call('POST', '/stemcell_uploads', question)).json, { needed: false });
  const [stemcell] = (await call('GET', '/stemcells')).json as Record<string, unknown>[];
  assert.deepEqual(
    { ...stemcell, cid: '', id: 0 },
    {
      name: 'ubuntu-stemcell',
      operating_system: 'toronto-os',
      version: '1',
      cid: '',
      cpi: '',
      deployments: [],
      api_version: 3,
      id: 0,
    },
  );
});

test('the output of a task is read in ranges, as clients that follow it do', async () => {
  const task = await director.task(await call('POST', '/cleanup', { headers: jsonType, body: cleanUpBody }));
  const path = `/tasks/${task.id}/output?type=debug`;
  const whole = await call('GET', path);
  const part = await call('GET', path, { headers: { range: 'bytes=3-9' } });
  const end = await call('GET', path, { headers: { range: `bytes=${Buffer.byteLength(whole.text)}-` } });

  assert.equal(whole.status, 200);
  assert.match(whole.text, /Director Version: 283/);
  const size = Buffer.byteLength(whole.text);
  assert.deepEqual(
    [part.status, part.text, part.headers['content-range']],
    [206, whole.text.slice(3, 10), `bytes 3-9/${size}`],
  );
  assert.deepEqual(
    [end.status, end.text, end.headers['content-range']],
    [416, 'Byte range unsatisfiable', `bytes */${size}`],
  );
  assert.equal((await call('GET', `/tasks/${task.id}/output?type=cpi`)).status, 204);
});

const cleanUpBody = '{"config":{"remove_all":false,"keep_orphaned_disks":false}}';

test('a task that has ended cannot be cancelled', async () => {
  const task = await director.task(await call('POST', '/cleanup', { headers: jsonType, body: cleanUpBody }));

  const refused = await call('DELETE', `/task/${task.id}`);

  assert.deepEqual([refused.status, refused.text], [400, `Cannot cancel task ${task.id}: invalid state (done)`]);
  assert.equal((await call('GET', `/tasks?deployment=x&verbose=2`)).text, '[]');
});

test('a form with a file is taken as an upload too', async () => {
  const path = join(director.directory, 'not-a-release.tgz');
  await writeFile(path, 'nonsense');
  const boundary = 'limit';
  const body = `--${boundary}\r\ncontent-disposition: form-data; name="release"; filename="r.tgz"\r\ncontent-type: application/x-compressed\r\n\r\nnonsense\r\n--${boundary}--\r\n`;

  const task = await director.task(
    await call('POST', '/releases', {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: Readable.from([body]),
    }),
  );

  assert.equal(task.state, 'error');
  const [error] = (await director.events(task.id)).slice(-1) as { error: { code: number } }[];
  assert.equal(error?.error.code, 30002);
});

test('a first deploy that fails leaves its deployment, which its team sees and others do not', async () => {
  const manifest = 'name: team-app\nreleases: []\nstemcells: []\ninstance_groups: []\n';
  const task = await director.task(
    await call('POST', '/deployments', { auth: 'dev:dev', headers: yaml, body: manifest }),
  );

  assert.deepEqual([task.state, task.deployment, task.user], ['error', 'team-app', 'dev']);
  const [deployment] = (await call('GET', '/deployments', { auth: 'dev:dev' })).json as Record<string, unknown>[];
  assert.deepEqual(deployment, {
    name: 'team-app',
    teams: ['dev'],
    cloud_config: 'none',
    stemcells: [],
    releases: [],
    locked: false,
  });
  assert.deepEqual((await call('GET', '/deployments/team-app')).json, { manifest: null });
  assert.equal((await call('PUT', '/deployments/team-app/jobs/x?state=stopped', { headers: yaml })).status, 400);
});

test('what was done is in the events', async () => {
  const events = (await call('GET', '/events?object_type=release&action=create')).json as Record<string, unknown>[];

  const [endEvent, startEvent] = events.slice(-2);
  assert.equal(endEvent?.parent_id, startEvent?.id);
  assert.deepEqual(Object.keys(startEvent ?? {}), [
    'id',
    'timestamp',
    'user',
    'action',
    'object_type',
    'object_name',
    'task',
    'context',
  ]);
});

test('the API describes itself', async () => {
  const { json } = await call('GET', '/openapi.json', { auth: null });

  const { paths } = json as { paths: Record<string, Record<string, unknown>> };
  assert.deepEqual(Object.keys(paths['/deployments/{deployment}'] ?? {}), ['get', 'delete']);
});

test('stopped, or killed, and started again it knows what it knew', async () => {
  const uuid = ((await call('GET', '/info')).json as { uuid: string }).uuid;
  await director.restart('SIGTERM');
  await director.restart('SIGKILL');

  assert.equal(((await call('GET', '/info')).json as { uuid: string }).uuid, uuid);
  assert.equal(((await call('GET', '/stemcells')).json as unknown[]).length, 1);
});
