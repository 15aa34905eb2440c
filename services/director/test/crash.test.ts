import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stopPostgresServer } from '@boti/embedded-postgres';
import { waitFor } from '@boti/testkit';
import { aStemcell } from './support/artifacts.ts';
import { type Answer, type RunningDirector, startTestDirector } from './support/running-director.ts';

const tarball = { 'content-type': 'application/x-compressed' };

test('a Director killed in the middle of a task says so when it is back, and can do it again', async () => {
  const director = await startTestDirector({ after });
  const faults = join(director.directory, 'cloud/faults.json');
  await writeFile(faults, JSON.stringify([{ method: 'create_stemcell', hang: true }]));
  const path = await aStemcell(director.directory);
  const upload = await uploadStemcell(director, path);
  await waitFor('the lock', async () => (await locks(director)).length === 1, 20_000);

  await director.restart('SIGKILL');

  const task = await director.task(upload);
  assert.deepEqual(
    [task.state, task.result],
    ['error', 'The Director process that ran this task has ended before the task did'],
  );
  assert.deepEqual((await director.events(task.id)).at(-1)?.error, {
    code: 100,
    message: 'The Director process that ran this task has ended before the task did',
  });
  assert.deepEqual(await locks(director), []);
  await writeFile(faults, '[]');
  const again = await director.task(await uploadStemcell(director, path));
  assert.equal(again.state, 'done', String(again.result));
});

test('a running task is cancelled over the API, and ends a Director only for its grace', async () => {
  const director = await startTestDirector({ after });
  const faults = join(director.directory, 'cloud/faults.json');
  await writeFile(faults, JSON.stringify([{ method: 'create_stemcell', hang: true }]));
  const path = await aStemcell(director.directory);
  const cancelled = await uploadStemcell(director, path);
  await waitFor('the lock', async () => (await locks(director)).length === 1, 20_000);
  const { pathname } = new URL(String(cancelled.headers.location));

  assert.equal((await director.call('DELETE', pathname.replace('tasks', 'task'))).status, 204);
  assert.equal((await director.task(cancelled)).state, 'cancelled');

  const interrupted = await uploadStemcell(director, path);
  await waitFor('the lock', async () => (await locks(director)).length === 1, 20_000);
  await director.restart('SIGTERM');
  const task = await director.task(interrupted);
  assert.deepEqual([task.state, task.result], ['error', 'The Director was stopped while the task ran']);
});

test('without a database of its own a Director keeps a private one', async () => {
  const started: RunningDirector[] = [];
  // In this order: a Director that runs starts its database again.
  after(async () => {
    for (const { stop, directory } of started) {
      await stop();
      await stopPostgresServer(join(directory, 'state/postgres'));
    }
  });
  const director = await startTestDirector({ after }, { database: undefined }, (folder) => chmod(folder, 0o755));
  started.push(director);
  const body = 'azs: []\n';
  await director.call('POST', '/cloud_configs', { headers: { 'content-type': 'text/yaml' }, body });

  await director.restart('SIGKILL');
  await director.restart('SIGTERM');

  assert.equal(((await director.call('GET', '/configs')).json as unknown[]).length, 1);
  const pidFile = join(director.directory, 'state/postgres/data/postmaster.pid');
  process.kill(Number.parseInt(await readFile(pidFile, 'utf8'), 10), 'SIGKILL');
  const answer = await waitFor('the database', async () => {
    const { status, json } = await director.call('GET', '/configs');
    return status === 200 && json;
  });
  assert.equal((answer as unknown[]).length, 1);
});

async function uploadStemcell(director: RunningDirector, path: string): Promise<Answer> {
  return director.call('POST', '/stemcells?fix=true', { headers: tarball, body: createReadStream(path) });
}

async function locks(director: RunningDirector): Promise<unknown[]> {
  return (await director.call('GET', '/locks')).json as unknown[];
}
