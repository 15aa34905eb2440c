import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startPostgresServer, stopPostgresServer } from '../src/index.ts';

test('a server that outlived its starter is adopted with its data, and stopped', async (t) => {
  const directory = await openDir(t);
  const first = await startPostgresServer({ directory });
  await query(first.connection, 'create table numbers (n int)');
  const pid = await pidOf(directory);

  const again = await startPostgresServer({ directory });
  assert.equal(await pidOf(directory), pid);
  await query(again.connection, 'select * from numbers');
  await again.stop();

  assert.equal(await pidOf(directory), undefined);
  await stopPostgresServer(directory);
});

test('a server killed at once keeps what was committed', async (t) => {
  const directory = await openDir(t);
  const server = await startPostgresServer({ directory });
  await query(server.connection, 'create table numbers as select 1 as n');
  process.kill(Number(await pidOf(directory)), 'SIGKILL');

  const again = await startPostgresServer({ directory });
  assert.deepEqual(await query(again.connection, 'select n from numbers'), [{ n: 1 }]);
  await again.stop();
});

test('a server that dies with its parent leaves nothing behind', async (t) => {
  const directory = await openDir(t);
  const program = `
    import { startPostgresServer } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
    await startPostgresServer({ directory: ${JSON.stringify(directory)}, diesWithParent: true });
    console.log('ready');
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  const pid = Number(await pidOf(directory));

  parent.kill('SIGKILL');
  await once(parent, 'exit');

  await assert.doesNotReject(stopPostgresServer(directory));
  for (let left = 200; left > 0 && (await isRunning(pid)); left -= 1) await delay(50);
  assert.ok(!(await isRunning(pid)));
});

test('a folder that the server cannot reach is named', async (t) => {
  const directory = await openDir(t);
  await chmod(directory, 0o700);
  if (process.getuid?.() !== 0) return;

  await assert.rejects(startPostgresServer({ directory: join(directory, 'postgres') }), /cannot reach/);
});

async function openDir(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'boti-embedded-'));
  await chmod(directory, 0o755);
  t.after(async () => {
    await stopPostgresServer(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

async function pidOf(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, 'data/postmaster.pid'), 'utf8').catch(() => undefined);
  return text?.split('\n')[0];
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return status !== undefined && status[status.lastIndexOf(')') + 2] !== 'Z';
}

async function query(connection: pg.ClientConfig, text: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
