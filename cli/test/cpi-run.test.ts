import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isThere } from '@boti/core';
import { tempDir, waitFor } from '@boti/testkit';
import { runCli } from './run-cli.ts';

/** A CPI whose disks are lines of a file beside it. `disk_prefix` and `has_disk` can be set in its configuration. */
const toyCpi = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const config = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const request = JSON.parse(readFileSync(0, 'utf8'));
const file = process.argv[3] + '.disks';
appendFileSync(process.argv[3] + '.started', '');
const disks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\\n') : [];
const fail = (type, message) => ({ result: null, error: { type, message, ok_to_retry: true }, log: 'token ' + config.token });
const ok = (result) => ({ result, error: null, log: 'token ' + config.token });
const methods = {
  info: () => ok({ api_version: 2, stemcell_formats: [] }),
  create_disk: () => {
    const cid = config.disk_prefix + disks.length;
    appendFileSync(file, cid + '\\n');
    return ok(cid);
  },
  has_disk: ([cid]) => (config.broken ? ok('yes') : ok(disks.includes(cid))),
  delete_disk: ([cid]) => (disks.includes(cid) ? ok(null) : fail('Bosh::Clouds::DiskNotFound', cid + ' is not there')),
  echo: () => ok(request),
  create_network: () => new Promise(() => setInterval(() => undefined, 1000)),
  hang: () => new Promise(() => setInterval(() => undefined, 1000)),
};
Promise.resolve(methods[request.method](request.arguments)).then((reply) => console.log(JSON.stringify(reply)));
`;

async function toy(t: TestContext) {
  const dir = await tempDir(t);
  const cpi = join(dir, 'cpi');
  await writeFile(cpi, toyCpi, { mode: 0o755 });
  const configured = async (name: string, config: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
    const file = join(dir, name);
    await writeFile(file, JSON.stringify({ token: 'hush-hush', disk_prefix: 'disk-', ...config }));
    return ['--cpi', cpi, '--config', file];
  };
  return { dir, configured, recording: join(dir, 'calls.jsonl') };
}

test('a method is called, in the version that the CPI speaks, and its result is printed', async (t) => {
  const { configured } = await toy(t);
  const flags = await configured('a', {});

  const disk = await runCli(['cpi', 'run', 'create-disk', '1024', ...flags]);
  const has = await runCli(['cpi', 'run', 'has_disk', 'disk-0', '--json', ...flags]);
  const echo = await runCli(['cpi', 'run', 'echo', '{"a":1}', '--context', 'zone.name=z1', ...flags]);

  assert.equal(disk.stdout, 'disk-0\n', disk.stderr);
  assert.deepEqual(JSON.parse(has.stdout).Blocks, ['true\n']);
  const { context, ...request } = JSON.parse(echo.stdout);
  assert.deepEqual(request, { method: 'echo', arguments: [{ a: 1 }], api_version: 2 });
  assert.deepEqual(context.zone, { name: 'z1' });
});

test('an error of the CPI is told with its type and its log', async (t) => {
  const { configured } = await toy(t);

  const { exit, stderr } = await runCli(['cpi', 'run', 'delete_disk', 'gone', ...(await configured('a', {}))]);

  assert.equal(exit, 1);
  assert.match(
    stderr,
    /^token hush-hush\nBosh::Clouds::DiskNotFound: gone is not there\nHint: .*again.*\nExit code 1\n$/,
  );
});

test('a call that takes too long is ended', async (t) => {
  const { configured } = await toy(t);

  const { exit, stderr } = await runCli([
    'cpi',
    'run',
    'hang',
    '--deadline',
    '1',
    '--api-version',
    '2',
    ...(await configured('a', {})),
  ]);

  assert.equal(exit, 1);
  assert.match(stderr, /did not end within 1 s .* in 'hang'/);
});

test('Ctrl-C ends the call, and tells what may be left', async (t) => {
  const { configured, dir } = await toy(t);
  const flags = [...(await configured('a', {})), '--api-version', '2'];

  const running = runCli(['cpi', 'run', 'create_network', '{}', ...flags]);
  await waitFor('the call', () => isThere(join(dir, 'a.started')));
  process.emit('SIGINT');
  const { exit, stderr } = await running;

  assert.equal(exit, 1);
  assert.match(stderr, /^Interrupted: the CPI was told to end\nHint: Something of this create_network may be left/);
});

test('a recording holds no secrets, and is replayed with the names that things have now', async (t) => {
  const { configured, recording } = await toy(t);
  const flags = await configured('a', {});
  for (const call of [
    ['create_disk', '10'],
    ['has_disk', 'disk-0'],
    ['delete_disk', 'gone'],
  ]) {
    await runCli(['cpi', 'run', ...call, '--record', recording, ...flags]);
  }

  const same = await runCli(['cpi', 'replay', recording, ...(await configured('b', { disk_prefix: 'volume-' }))]);
  const broken = await runCli(['cpi', 'replay', recording, ...(await configured('c', { broken: true }))]);

  const lines = await readFile(recording, 'utf8');
  assert.doesNotMatch(lines, /hush-hush/);
  assert.match(lines, /token <redacted>/);
  assert.equal(same.exit, 0, same.stdout + same.stderr);
  assert.match(same.stdout, /create_disk\s+"disk-0"\s+"volume-0"\s+-/);
  assert.match(same.stdout, /has_disk\s+true\s+true\s+-/);
  assert.equal(broken.exit, 1);
  assert.match(broken.stdout, /has_disk\s+true\s+"yes"\s+result: a boolean became a string/);
  assert.match(broken.stderr, /^1 of 3 calls are answered differently\n/);
});

test('a file that is no recording, and an executable that is not there, are told', async (t) => {
  const { dir, configured } = await toy(t);
  await writeFile(join(dir, 'other'), '{"a":1}\n');

  const wrong = await runCli(['cpi', 'replay', join(dir, 'other'), ...(await configured('a', {}))]);
  const missing = await runCli(['cpi', 'run', 'info', '--cpi', '/does/not/exist']);

  assert.match(wrong.stderr, /^Line 1 of '.*other' is no recorded call/);
  assert.match(missing.stderr, /^There is no CPI executable '\/does\/not\/exist'\nHint: Name it with --cpi\.\n/);
});
