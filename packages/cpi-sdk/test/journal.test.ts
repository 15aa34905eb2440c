import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostLocks, journal } from '../src/index.ts';

async function aJournal() {
  const dir = await mkdtemp(join(tmpdir(), 'boti-journal-'));
  const undone: string[] = [];
  const undo = async (made: readonly { id: string }[]): Promise<void> => void undone.push(...made.map(({ id }) => id));
  return { dir, undone, journal: journal({ dir, undo }), [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

async function holder(dir: string, id: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'journal-holder.ts'), dir, id], { stdio: 'pipe' });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('what a killed process had recorded is undone; what runs is left alone', async () => {
  await using j = await aJournal();
  const [killed, running] = await Promise.all([holder(j.dir, 'agent-1'), holder(j.dir, 'agent-2')]);
  await kill(killed);

  assert.deepEqual(await j.journal.reap(), ['agent-1']);
  assert.deepEqual(j.undone, ['server-of-agent-1']);

  await kill(running);
  assert.equal(await j.journal.find('agent-2'), undefined);
  assert.deepEqual(j.undone, ['server-of-agent-1', 'server-of-agent-2']);
  assert.deepEqual(await readdir(j.dir), []);
});

test('what was made can be found until it is forgotten', async () => {
  await using j = await aJournal();

  await j.journal.create('agent-1', async () => ({ cid: 'vm-1' }));

  assert.equal(await j.journal.find('agent-1'), 'vm-1');
  assert.deepEqual(await j.journal.reap(), []);
  await j.journal.forget('agent-1');
  assert.equal(await j.journal.find('agent-1'), undefined);
});

test('a second creation with the same id undoes the first', async () => {
  await using j = await aJournal();
  await j.journal.create('agent-1', async (record) => {
    await record({ kind: 'server', id: 'first' });
    return { cid: 'first' };
  });

  await j.journal.create('agent-1', async () => ({ cid: 'second' }));

  assert.deepEqual(j.undone, ['first']);
  assert.equal(await j.journal.find('agent-1'), 'second');
});

test("a failed creation is undone newest first, and its error is the caller's", async () => {
  await using j = await aJournal();

  const creation = j.journal.create('agent-1', async (record) => {
    await record({ kind: 'port', id: 'port' });
    await record({ kind: 'server', id: 'server' });
    throw new Error('quota');
  });

  await assert.rejects(creation, /quota/);
  assert.deepEqual(j.undone, ['server', 'port']);
  assert.deepEqual(await readdir(j.dir), []);
});

test('a lock is held by one at a time and free when its process is killed', async () => {
  await using j = await aJournal();
  const child = await holder(j.dir, 'locked');
  const locks = hostLocks(j.dir);
  assert.equal(await locks.tryRun('locked', async () => 'mine'), undefined);

  const waiting = locks.run('locked', async () => 'mine');
  await kill(child);

  assert.equal(await waiting, 'mine');
});

test('waiting for a lock can be aborted', async () => {
  const locks = hostLocks(`test-${process.pid}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = locks.run('a', () => promise);

  await assert.rejects(
    locks.run('a', async () => undefined, AbortSignal.timeout(100)),
    { name: 'TimeoutError' },
  );

  resolve();
  await held;
});
