/** `boti up` as on a new machine: broken off and taken up again, repeated, stopped, and removed without a trace. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '@boti/testkit';
import { directorCli, type Row } from './scene/director-cli.ts';
import { botiProgram, cacheDir, type EmbeddedDirector, embeddedDirector } from './scene/embedded-director.ts';
import { redis } from './scene/redis-client.ts';

let director: EmbeddedDirector;
before(async () => {
  director = await embeddedDirector();
});
after(() => director[Symbol.asyncDispose]());

const cli = () => directorCli(botiProgram, { ...director.env, BOSH_ENVIRONMENT: 'boti', BOSH_DEPLOYMENT: 'redis' });

test('Ctrl-C while the components start', async () => {
  const { output, exitCode } = await breakOff(/Starting the Director/);

  assert.equal(exitCode, 1, output);
  assert.match(output, /^Interrupted(.|\n)*\nHint: 'boti up' goes on from here/m);
});

test('Ctrl-C while the stemcell is uploaded: up says how it goes on, and does not deploy', async () => {
  const { output, exitCode } = await breakOff(/Uploading stemcell/);

  assert.equal(exitCode, 1, output);
  assert.match(output, /^Interrupted:\n {2}Stopped following task \d+; it goes on\nHint: 'boti up' goes on from here/m);
  assert.deepEqual(await cli().rows('deployments'), []);
});

test('another up is told who is at work, and so is down', async () => {
  const child = director.startUp();
  const ended = exitOf(child);
  await saidBy(child, /Starting the Director/);

  await assert.rejects(
    director.up(),
    new RegExp(`'boti up' \\(process \\d+, since .*\\) is at work on ${director.home}`),
  );
  await assert.rejects(director.down(), /'boti up' \(process/);

  process.kill(-(child.pid ?? 0), 'SIGINT');
  assert.equal(await ended, 1);
});

test('Ctrl-C in the middle of the deploy, too', async () => {
  const { output, exitCode } = await breakOff(/Creating missing vms/);

  assert.equal(exitCode, 1, output);
  assert.match(output, /^Interrupted:\n {2}Stopped following task \d+; it goes on\nHint: 'boti up' goes on from here/m);
});

test('up goes on from there: Redis runs and passes its test', async () => {
  const output = await director.up();

  assert.match(output, /errand smoke-tests: passed/);
  const states = (await instances()).map(
    ({ instance, process_state }) => `${instance?.split('/')[0]} ${process_state}`,
  );
  assert.deepEqual(states, ['primary running', 'replica running', 'replica running']);
});

test('what was interrupted was not done twice: the stemcell was uploaded once', async () => {
  const { rows } = directorCli(botiProgram, { ...director.env, BOSH_ENVIRONMENT: 'boti' });
  const tasks = await rows('tasks', '--recent=30', '--all');

  const uploads = tasks.filter(({ description }) => description === 'create stemcell').map(({ result }) => result);
  assert.ok(uploads.length > 0);
  assert.deepEqual(uploads, [...new Set(uploads)]);
});

test('another up changes nothing and says so', async () => {
  const [vms, processes] = [await instances(), await componentIds()];

  const output = await director.up();

  assert.match(output, /Nothing had to be done/);
  assert.deepEqual(await instances(), vms);
  assert.deepEqual(await componentIds(), processes);
});

test('what was deployed but not tested, as after Ctrl-C, is tested', async () => {
  await cli().run('restart');

  const output = await director.up();

  assert.match(output, /deployment redis: is deployed already/);
  assert.match(output, /errand smoke-tests: passed/);
});

test('down --keep stops everything; up starts the same VMs with their data', async () => {
  const before = await instances();
  const address = before[0]?.ips ?? '';
  await redis(address, await password(), 'SET', 'kept', 'yes');

  await director.down('--keep');
  assert.deepEqual(await director.trace.remains(), []);
  await director.up();

  assert.deepEqual(await instances(), before);
  assert.equal(await redis(address, await password(), 'GET', 'kept'), 'yes');
});

test('down leaves nothing on the machine, and may be repeated', async () => {
  const said = await director.down();
  await director.down();

  assert.match(said, new RegExp(`stay in ${cacheDir}\\.`));
  assert.equal(director.trace.vmNames.size > 0, true);
  assert.deepEqual(await director.trace.remains(), []);
});

/** Starts `up` and interrupts it, as a terminal does, once it has said that. */
async function breakOff(when: RegExp): Promise<{ readonly output: string; readonly exitCode: number | null }> {
  const child = director.startUp();
  const ended = exitOf(child);
  const output = await saidBy(child, when);
  process.kill(-(child.pid ?? 0), 'SIGINT');
  return { exitCode: await ended, output: output() };
}

/** Waits until it has said that; answers what it has said whenever that is asked for. */
async function saidBy(child: ChildProcess, when: RegExp): Promise<() => string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
  await waitFor(`up to say ${when}`, () => when.test(output) || child.exitCode !== null, 300_000);
  return () => output;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

const instances = async (): Promise<readonly Row[]> =>
  (await cli().rows('instances', '--details')).filter(({ vm_cid }) => vm_cid !== '');

const componentIds = async (): Promise<readonly string[]> =>
  (await director.boti('status', '--json')).match(/"pid": "\d+"/g) ?? [];

async function password(): Promise<string> {
  const vars = await readFile(join(director.home, 'example-vars.yml'), 'utf8');
  return /^redis_password: (\S+)$/m.exec(vars)?.[1] ?? '';
}
