import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOfFile, runCommand } from '@boti/core';
import { extractRelease, readJob, readReleaseManifest } from '@boti/release';
import { createTemplateRenderer, jobProperties } from '@boti/templates';
import { tempDir } from '@boti/testkit';
import { runCli } from './run-cli.ts';

// Awaits at its top level, which only ES modules can.
const program = `
import { readFileSync } from 'node:fs';
import { answer } from './answer.ts';
const { method } = JSON.parse(readFileSync(0, 'utf8')) as { method: string };
process.stdout.write(JSON.stringify(await answer(method, process.argv.slice(2))));
`;
const answer = `
export const answer = async (method: string, args: readonly string[]): Promise<unknown> => ({
  result: { method, args },
  error: null,
  log: '',
});
`;

async function project(t: TestContext, cpi: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const dir = await tempDir(t);
  const description = { version: '1.2.0', boti: { cpi: { name: 'toy', main: 'src/main.ts', ...cpi } } };
  await writeFile(join(dir, 'package.json'), JSON.stringify(description));
  await mkdir(join(dir, 'src'));
  await writeFile(join(dir, 'src/main.ts'), program);
  await writeFile(join(dir, 'src/answer.ts'), answer);
  return dir;
}

test('the folder runs by itself and is the same wherever it is made; the release holds its job', async (t) => {
  const [first, second] = [await project(t), await project(t)];

  const made = await runCli(['cpi', 'package', first, '--json']);
  await runCli(['cpi', 'package', second, '--no-release']);

  assert.equal(made.exit, 0, made.stdout);
  const cpi = join(first, 'dist/toy-cpi/bin/cpi');
  const call = { input: '{"method":"info"}', cwd: '/', env: {} };
  const { stdout } = await runCommand(cpi, ['--config', 'x'], call);
  assert.deepEqual(JSON.parse(stdout).result, { method: 'info', args: ['--config', 'x'] });
  assert.deepEqual(await digestsIn(join(first, 'dist/toy-cpi')), await digestsIn(join(second, 'dist/toy-cpi')));
  assert.equal((await readReleaseManifest(join(first, 'dist/toy-cpi-1.2.0.tgz'))).name, 'toy-cpi');
  await assertJob(t, join(first, 'dist/toy-cpi-1.2.0.tgz'));
});

async function digestsIn(dir: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const digests = await Promise.all(
    paths.map(async (path) => [relative(dir, path), await digestOfFile(path)] as const),
  );
  return Object.fromEntries(digests);
}

/** The job that create-env and Directors render. */
async function assertJob(t: TestContext, tarball: string): Promise<void> {
  const { jobs, packages } = await extractRelease(tarball, await tempDir(t));
  const job = await readJob(jobs[0]?.path ?? '', { name: 'toy_cpi' });
  assert.deepEqual(
    packages.map(({ name }) => name),
    job.spec.packages,
  );
  assert.deepEqual({ ...job.spec.templates }, { 'cpi.erb': 'bin/cpi', 'cpi.json.erb': 'config/cpi.json' });
  await using renderer = createTemplateRenderer();
  const render = async (properties: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const definitions = job.spec.properties as never;
    const templates = [
      { source: 'cpi.json.erb', destination: 'cpi.json', erb: job.templates.get('cpi.json.erb') ?? '' },
    ];
    const context = { ...nowhere, properties: jobProperties(definitions, properties) };
    const [file] = await renderer.render({ job: 'toy_cpi', templates, context });
    return JSON.parse(file?.content ?? '').cloud.properties;
  };
  for (const { properties, expected } of renderings) assert.deepEqual(await render(properties), expected);
}

const renderings = [
  {
    properties: {
      toy: { url: 'https://cloud.test' },
      ntp: ['time.test'],
      agent: { mbus: 'https://mbus:pw@0.0.0.0:6868' },
      blobstore: { provider: 'local', path: '/var/vcap/blobs' },
    },
    expected: {
      toy: { url: 'https://cloud.test' },
      agent: {
        ntp: ['time.test'],
        mbus: 'https://mbus:pw@0.0.0.0:6868',
        blobstore: { provider: 'local', options: { blobstore_path: '/var/vcap/blobs' } },
      },
    },
  },
  {
    properties: {
      nats: { address: '10.0.0.6', user: 'nats', password: 'pw' },
      blobstore: {
        provider: 'dav',
        address: '10.0.0.6',
        agent: { user: 'agent', password: 'pw' },
        tls: { cert: { ca: 'CA' } },
      },
    },
    expected: {
      toy: {},
      agent: {
        mbus: 'nats://nats:pw@10.0.0.6:4222',
        blobstore: {
          provider: 'dav',
          options: { endpoint: 'https://10.0.0.6:25250', user: 'agent', password: 'pw', tls: { cert: { ca: 'CA' } } },
        },
      },
    },
  },
  { properties: {}, expected: { toy: {}, agent: {} } },
];

const nowhere = {
  deployment: 'd',
  name: 'bosh',
  job: { name: 'bosh' },
  index: 0,
  id: 'id',
  az: null,
  bootstrap: true,
  networks: {},
  address: '10.0.0.6',
  ip: '10.0.0.6',
  persistent_disk: 0,
  release: { name: 'toy-cpi', version: '1' },
  dns_domain_name: 'bosh',
  links: {},
};

test('a folder that is no CPI project, and a program that does not exist, are told', async (t) => {
  const empty = await tempDir(t);
  const undescribed = await project(t, { name: 'Not A Name' });
  const incomplete = await project(t, { main: 'src/missing.ts' });

  const runs = [];
  for (const dir of [empty, undescribed, incomplete]) runs.push(await runCli(['cpi', 'package', dir]));

  assert.deepEqual(
    runs.map(({ exit }) => exit),
    [1, 1, 1],
  );
  assert.match(runs[0]?.stderr ?? '', /is no CPI project: it has no package\.json\nHint: .*boti cpi new/);
  assert.match(runs[1]?.stderr ?? '', /does not describe a CPI: boti\.cpi\.name: must be lower-case/);
  assert.match(runs[2]?.stderr ?? '', /names '.*src\/missing\.ts', which does not exist/);
});

test('what stands where the folder goes, and is no packaged CPI, is left alone', async (t) => {
  const dir = await project(t);
  await mkdir(join(dir, 'dist/toy-cpi'), { recursive: true });
  await writeFile(join(dir, 'dist/toy-cpi/notes'), 'mine');

  const { exit, stderr } = await runCli(['cpi', 'package', dir, '--no-release']);

  assert.equal(exit, 1);
  assert.match(stderr, /toy-cpi' is there already and is no packaged CPI\nHint: /);
});
