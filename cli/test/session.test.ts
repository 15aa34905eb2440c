import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tempDir, testCertificates } from '@boti/testkit';
import { type Recording, type ReplayingDirector, replayDirector } from './replaying-director.ts';
import { runCli } from './run-cli.ts';

const certificates = await testCertificates();

const nothing: Recording = { name: 'nothing', exchanges: [], tasks: {}, runs: [] };

/** A Director that knows `admin` with `pw`, and environment variables that lead to it. */
async function directorFor(t: TestContext, recording: Partial<Recording> = {}) {
  const dir = await tempDir(t);
  const director = await replayDirector({ ...nothing, ...recording }, certificates);
  t.after(() => director[Symbol.asyncDispose]());
  const configFile = join(dir, 'config');
  const caFile = join(dir, 'ca.pem');
  await writeFile(caFile, certificates.ca.certificate);
  const env = { BOSH_CONFIG: configFile, BOSH_ENVIRONMENT: director.url, BOSH_CA_CERT: caFile };
  return { dir, director, configFile, env };
}

test('alias-env saves the URL and the CA, and shows the Director', async (t) => {
  const { director, configFile, env } = await directorFor(t);

  const { exit, stdout } = await runCli(['alias-env', 'lite'], { env });

  assert.equal(exit, 0);
  assert.match(stdout, /^PeerDirector\t\ndeadbeef\t\n/);
  const saved = await readFile(configFile, 'utf8');
  assert.match(saved, new RegExp(`url: ${director.url}\\n`));
  assert.match(saved, /alias: lite/);
  assert.equal((await stat(configFile)).mode & 0o777, 0o600);
});

test('log-in asks until the password is right, then saves it; commands use it', async (t) => {
  const { director, env, configFile } = await directorFor(t, {
    exchanges: [{ method: 'GET', path: '/locks', status: 200, body: '[]' }],
  });
  await runCli(['alias-env', 'lite'], { env });
  const own = { BOSH_CONFIG: env.BOSH_CONFIG, BOSH_ENVIRONMENT: 'lite' };

  const login = await runCli(['log-in'], { env: own, stdin: 'admin\nwrong\nadmin\npw\n' });
  const locks = await runCli(['locks'], { env: own });

  assert.equal(login.exit, 0, login.stderr);
  assert.equal(login.stdout, 'Username (): Password (): \n\n\nUsername (): Password (): \n');
  assert.equal(login.stderr, `Failed to login to '${director.url}'\n`);
  assert.match(await readFile(configFile, 'utf8'), /username: admin\n.*password: pw/);
  assert.equal(locks.exit, 0, locks.stderr);
  assert.deepEqual(
    director.requests.map(({ user }) => user),
    ['admin'],
  );
});

test('log-in with wrong flags fails at once', async (t) => {
  const { env } = await directorFor(t);

  const { exit, stderr } = await runCli(['log-in', '--client', 'admin', '--client-secret', 'wrong'], { env });

  assert.equal(exit, 1);
  assert.match(stderr, /Failed to login.*\n(?:.*\n)*Invalid credentials\nExit code 1\n$/);
});

test('log-out forgets the credentials and keeps the alias', async (t) => {
  const { env, configFile } = await directorFor(t);
  await runCli(['alias-env', 'lite'], { env });
  await runCli(['log-in', '--client', 'admin', '--client-secret', 'pw'], { env });

  await runCli(['log-out'], { env });

  const saved = await readFile(configFile, 'utf8');
  assert.match(saved, /alias: lite/);
  assert.doesNotMatch(saved, /pw|admin/);
});

test('no environment, and a certificate that nobody vouches for, are told with what to do', async (t) => {
  const { env } = await directorFor(t);

  const none = await runCli(['deployments'], { env: { BOSH_CONFIG: env.BOSH_CONFIG } });
  const untrusted = await runCli(['env'], { env: { ...env, BOSH_CA_CERT: '' } });

  assert.match(none.stderr, /^Expected non-empty Director URL\nHint: .*-e/);
  assert.match(untrusted.stderr, /^Fetching info:\n {2}Performing request GET '.*\/info':\n {4}.*\nHint: .*--ca-cert/);
});

test('no at the question stops, and nothing is sent', async (t) => {
  const { director, env } = await directorFor(t);

  const { exit, stdout, stderr } = await runCli(['-d', 'x', 'delete-deployment'], { env, stdin: 'maybe\nno\n' });

  assert.equal(exit, 1);
  assert.match(stdout, /^Continue\? \[yN\]: invalid input \(not y, n, yes, or no\)\nContinue\? \[yN\]: /);
  assert.equal(stderr, 'Stopped\nExit code 1\n');
  assert.deepEqual(director.requests, []);
});

test('JSON output cannot ask; all it has is printed as one object', async (t) => {
  const { env } = await directorFor(t);

  const { exit, stdout, stderr } = await runCli(['-d', 'x', 'delete-deployment', '--json'], { env });

  assert.equal(exit, 1);
  assert.equal(stderr, '');
  assert.deepEqual(Object.keys(JSON.parse(stdout)), ['Tables', 'Blocks', 'Lines']);
  assert.match(stdout, /Cannot ask for confirmation in JSON UI/);
});

test('curl prints the body even when the Director says no', async (t) => {
  const { env } = await directorFor(t);

  const { exit, stdout, stderr } = await runCli(['curl', '/zzz'], { env });

  assert.equal(exit, 1);
  assert.match(stdout, /^Endpoint '\/zzz' not found\./);
  assert.match(stderr, /^Executing HTTP request:\n {2}Director responded with non-successful status code '404'/);
});

const deploying = (director: ReplayingDirector): string =>
  director.requests.find(({ method, path }) => method === 'POST' && path.startsWith('/deployments?'))?.body ?? '';

test('deploy fills in variables, applies operations, warns of unknown keys and sends the result', async (t) => {
  const { dir, director, env } = await directorFor(t, {
    exchanges: [
      {
        method: 'POST',
        path: '/deployments/d/diff?redact=true',
        status: 200,
        body: '{"context":{"cloud_config_ids":[1],"runtime_config_ids":[]},"diff":[["name: d","added"]]}',
      },
      {
        method: 'POST',
        path: '/deployments?context={"cloud_config_ids":[1],"runtime_config_ids":[]}',
        status: 302,
        location: '/tasks/3',
      },
      { method: 'GET', path: '/configs?type=deploy', status: 200, body: '[]' },
    ],
    tasks: {
      3: {
        last: {
          id: 3,
          state: 'done',
          description: '',
          timestamp: 1,
          started_at: 1,
          result: '',
          user: 'a',
          deployment: 'd',
          context_id: '',
        },
      },
    },
  } as Partial<Recording>);
  await writeFile(join(dir, 'm.yml'), 'name: d\ninstance_grups: []\nupdate: {canaries: ((n))}\nvariables: []\n');
  await writeFile(join(dir, 'ops.yml'), '- {type: replace, path: /tags?/a, value: b}\n');
  const args = ['-d', 'd', 'deploy', join(dir, 'm.yml'), '-v', 'n=2', '-o', join(dir, 'ops.yml')];

  const deployed = await runCli([...args, '-n'], { env });
  const strict = await runCli([...args, '-n', '--strict'], { env });
  const elsewhere = await runCli(['-n', '-d', 'other', 'deploy', join(dir, 'm.yml')], { env });

  assert.equal(deployed.exit, 0, deployed.stderr);
  assert.match(deployed.stderr, /Warning: .*m\.yml, line 2, column 1.*instance_grups/);
  const sent = 'instance_grups: []\nname: d\ntags:\n  a: b\nupdate:\n  canaries: 2\nvariables: []\n';
  assert.equal(deploying(director), sent);
  assert.equal(strict.exit, 1);
  assert.match(strict.stderr, /keys that mean nothing/);
  assert.match(elsewhere.stderr, /Expected manifest to specify deployment name 'other' but was 'd'/);
});
