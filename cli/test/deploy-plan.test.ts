import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tempDir, testCertificates } from '@boti/testkit';
import { replayDirector } from './replaying-director.ts';
import { runCli } from './run-cli.ts';

const plan = {
  deployment: 'web',
  instances: [
    { instance: 'web/aaa', index: 0, az: 'z1', action: 'recreate', reasons: ['stemcell changes', 'tags change'] },
    { instance: 'web/bbb', index: 1, az: 'z2', action: 'keep', reasons: [] },
  ],
  compile: ['app/1 for os/2'],
  warnings: [],
  summary: '1 to recreate',
};

/** A Director whose dry runs answer this result. */
async function directorFor(t: TestContext, result: string) {
  const certificates = await testCertificates();
  const location = 'https://127.0.0.1/tasks/7';
  const diff = { context: { cloud_config_ids: [], runtime_config_ids: [] }, diff: [['azs:', 'added']] };
  const exchanges = [
    { method: 'POST', path: '/deployments/web/diff?redact=true', status: 200, body: JSON.stringify(diff) },
    { method: 'POST', path: deployPath, status: 302, location },
  ];
  const last = {
    id: 7,
    state: 'done',
    description: 'create deployment (dry run)',
    timestamp: 2,
    started_at: 1,
    result: '/deployments/web',
    user: 'admin',
    deployment: 'web',
    context_id: '',
  };
  const tasks = { 7: { last, event: '', result } };
  const director = await replayDirector({ name: 'plan', exchanges, tasks, runs: [] }, certificates);
  t.after(() => director[Symbol.asyncDispose]());
  const dir = await tempDir(t);
  await writeFile(join(dir, 'ca.pem'), certificates.ca.certificate);
  await writeFile(join(dir, 'web.yml'), 'name: web\nreleases: [{name: r, version: 1, url: file:///nowhere}]\n');
  const env = {
    BOSH_CONFIG: join(dir, 'config'),
    BOSH_ENVIRONMENT: director.url,
    BOSH_CA_CERT: join(dir, 'ca.pem'),
    BOSH_CLIENT: 'admin',
    BOSH_CLIENT_SECRET: 'pw',
  };
  return { director, run: (...args: string[]) => runCli([...args, join(dir, 'web.yml')], { env }) };
}

const context = '{"cloud_config_ids":[],"runtime_config_ids":[]}';
const deployPath = `/deployments?context=${context}&dry_run=true`;

test('deploy --plan shows what would be done and why, uploads nothing and does not ask', async (t) => {
  const { director, run } = await directorFor(t, JSON.stringify(plan));

  const { exit, stdout, stderr } = await run('-d', 'web', 'deploy', '--plan');

  assert.equal(exit, 0, stderr);
  assert.match(stdout, /app\/1 for os\/2/);
  assert.match(stdout, /web\/aaa \(0\)\tz1\trecreate\tstemcell changes\t\n\s*tags change/);
  assert.doesNotMatch(stdout, /bbb/);
  assert.match(stdout, /Plan: 1 to recreate/);
  const changing = director.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/diff'));
  assert.deepEqual(
    changing.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('dry_run')),
    ['true'],
  );
});

test('deploy --plan --json answers the plan as tables', async (t) => {
  const { run } = await directorFor(t, JSON.stringify(plan));

  const { exit, stdout, stderr } = await run('-d', 'web', '--json', 'deploy', '--plan');

  assert.equal(exit, 0, stderr);
  const [packages, instances] = JSON.parse(stdout).Tables;
  assert.deepEqual(packages.Rows, [{ package: 'app/1 for os/2' }]);
  assert.deepEqual(instances.Rows, [
    { instance: 'web/aaa (0)', az: 'z1', action: 'recreate', reasons: 'stemcell changes\ntags change' },
  ]);
});

test('a Director that explains nothing is told from one that has nothing to do', async (t) => {
  const { run } = await directorFor(t, '');

  const { exit, stderr } = await run('-d', 'web', 'deploy', '--plan');

  assert.equal(exit, 1);
  assert.match(stderr, /answered no plan\n.*dry-run/);
});
