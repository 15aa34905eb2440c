import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AgentProcess } from './agent-process.ts';
import { specOf } from './release-blobs.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let agent: AgentProcess;

before(async () => {
  agent = await AgentProcess.start({ after: (work) => void cleanups.unshift(work) });
});

after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const read = (path: string): string => readFileSync(join(agent.base, path), 'utf8');

test('scripts run in parallel with their environment, and failures are told as upstream does', async () => {
  const script = (text: string): string => `#!/bin/sh\n${text}\n`;
  const spec = await specOf(agent, {
    good: { 'bin/pre-start': script('echo "vm $BOSH_VM_NEXT_STATE"; nice; echo problem >&2') },
    bad: { 'bin/pre-start': script('exit 3'), 'bin/post-start': script('exit 0') },
  });
  await agent.client.call('apply', [spec]);

  await assert.rejects(agent.client.call('run_script', ['pre-start', { env: { BOSH_VM_NEXT_STATE: 'keep' } }]), {
    message: /result: 1 of 2 pre-start scripts failed\. Failed Jobs: bad\. Successful Jobs: good\.$/,
  });

  assert.match(read('sys/log/good/pre-start.stdout.log'), /^vm keep\n\d+\n$/);
  assert.equal(read('sys/log/good/pre-start.stderr.log'), 'problem\n');
  assert.deepEqual(await agent.client.call('run_script', ['post-start', {}]), {});
  assert.deepEqual(await agent.client.call('run_script', ['post-deploy', {}]), {});
});

test('an errand answers output and exit code; cancelled, it ends with 143', async () => {
  const spec = await specOf(agent, {
    smoke: { 'bin/run': '#!/bin/sh\necho out; echo err >&2; exit 5\n' },
    long: { 'bin/run': '#!/bin/sh\necho begun\nexec sleep 1000\n' },
  });
  await agent.client.call('apply', [spec]);

  assert.deepEqual(await agent.client.call('run_errand', ['smoke']), {
    stdout: 'out\n',
    stderr: 'err\n',
    exit_code: 5,
  });
  const result = await agent.client.call('run_errand', ['long'], { signal: AbortSignal.timeout(1000) });
  assert.deepEqual(result, { stdout: 'begun\n', stderr: '', exit_code: 143 });
});

test('an errand that prints too much is an exception, not a message that the bus refuses', async () => {
  const spec = await specOf(agent, { smoke: { 'bin/run': '#!/bin/sh\nhead -c 2000000 /dev/zero | tr "\\0" x\n' } });
  await agent.client.call('apply', [spec]);

  await assert.rejects(agent.client.call('run_errand', ['smoke']), {
    message: 'Response exceeded maximum allowed length',
  });
});

test('drain runs its script until it answers a number that is not negative', async () => {
  const script = `#!/bin/sh
echo "$@ $BOSH_JOB_STATE $BOSH_JOB_NEXT_STATE" >> ${agent.base}/drain.log
case $1 in job_check_status) echo 0 ;; *) echo -1 ;; esac
`;
  const shutdowns: string[] = [];
  using _ = agent.bus.subscribe('hm.agent.shutdown.*', (subject) => shutdowns.push(subject));
  const spec = await specOf(agent, { draining: { 'bin/drain': script } });
  await agent.client.call('apply', [spec]);

  assert.equal(
    await agent.client.call('drain', ['update', { ...spec, configuration_hash: 'new', persistent_disk: 100 }]),
    0,
  );
  assert.equal(await agent.client.call('drain', ['shutdown', {}]), 0);

  const states = '{"persistent_disk":0} {"persistent_disk":100}';
  const shutdownStates = '{"persistent_disk":0} {"persistent_disk":0}';
  assert.deepEqual(read('drain.log').trim().split('\n'), [
    `job_unchanged hash_changed ${states}`,
    `job_check_status hash_unchanged ${states}`,
    `job_shutdown hash_unchanged ${shutdownStates}`,
    `job_check_status hash_unchanged ${shutdownStates}`,
  ]);
  assert.deepEqual(shutdowns, ['hm.agent.shutdown.agent-1']);
});
