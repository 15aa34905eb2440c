import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir, testCertificates, waitFor } from '@boti/testkit';
import { type Recording, replayDirector } from './replaying-director.ts';

const main = join(import.meta.dirname, '../src/main.ts');

test('Ctrl-C leaves the task alone and says how to follow or cancel it', async (t) => {
  const certificates = await testCertificates();
  const recording = {
    name: 'endless',
    exchanges: [],
    runs: [],
    tasks: { 5: { last: { ...task, state: 'processing' } } },
  } as Recording;
  await using director = await replayDirector(recording, certificates);
  const env = {
    BOSH_CONFIG: join(await tempDir(t), 'config'),
    BOSH_ENVIRONMENT: director.url,
    BOSH_CA_CERT: certificates.ca.certificate,
  };
  const child = spawn(process.execPath, [main, 'task', '5'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await waitFor('the task to be followed', () => director.requests.length > 2);

  child.kill('SIGINT');

  assert.equal(await ended, 1);
  assert.equal(
    stderr,
    "Stopped following task 5; it goes on\nHint: Follow it again with 'boti task 5', or cancel it with 'boti cancel-task 5'.\nExit code 1\n",
  );
  assert.ok(director.requests.every(({ method }) => method === 'GET'));
});

const task = {
  id: 5,
  description: 'create deployment',
  timestamp: null,
  started_at: 1,
  result: null,
  user: 'admin',
  deployment: 'd',
  context_id: '',
};
