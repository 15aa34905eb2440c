/** Holds what the Director asks of agents and CPI, and in which order, to what was recorded of upstream's: test/wire at the root. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tempDir } from '@boti/testkit';
import type { DesiredState } from '../src/planner/snapshot.ts';
import { deleteDeploymentTask, fetchLogsTask, runErrandTask, sshTask } from '../src/tasks/task-kinds.ts';
import { startDeployLab, succeeded, webManifest, webRelease } from './support/deploy-lab.ts';
import { callRecorder, type RecordedCall } from './support/recorded-calls.ts';
import { misfits, type Shape } from './support/wire-shape.ts';

interface Operation {
  readonly recording: string;
  readonly operation: string;
  /** `agent drain shutdown`, `cpi create_disk`; what ends in a question mark boti may leave out or add. */
  readonly calls: readonly string[];
}

const file = join(import.meta.dirname, '../../../test/wire/calls.json');
const { operations, arguments: shapes } = JSON.parse(await readFile(file, 'utf8')) as {
  readonly operations: readonly Operation[];
  readonly arguments: Readonly<Record<string, readonly Shape[]>>;
};

const directory = await tempDir({ after });
const recorder = await callRecorder(directory);
const lab = await startDeployLab(
  { after },
  ({ cpi }) => ({ enableSnapshots: true, cpi: { ...cpi, executable: recorder.executable, warm: false } }),
  recorder.observe,
);
succeeded(await lab.uploadRelease(webRelease));

// One instance with a disk, so that one thing happens at a time, and an errand without one.
const manifest = `${webManifest.replace('instances: 2', 'instances: 1').replace('azs: [z1, z2]', 'azs: [z1]')}
tags: {owner: wire, purpose: fixtures}
`;
const toState = (state: DesiredState) => ({ states: [{ group: 'server', instance: null, state }] });
const largeDisk = manifest.replace('persistent_disk_type: small', 'persistent_disk_type: large');

const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['first deploy', async () => succeeded(await lab.deploy(manifest))],
  ['stop', async () => succeeded(await lab.deploy(manifest, toState('stopped')))],
  ['start', async () => succeeded(await lab.deploy(manifest, toState('started')))],
  ['recreate', async () => succeeded(await lab.deploy(manifest, { recreate: true }))],
  ['another disk', async () => succeeded(await lab.deploy(largeDisk))],
];

await recorder.take();
for (const [operation, run] of steps) {
  test(`${operation} asks what upstream asks, in its order`, async () => {
    await run();

    const calls = await recorder.take();
    const compiled = calls.findLastIndex(({ method }) => method === 'compile_package');
    // Its VM is deleted after the last package.
    const end = compiled < 0 ? 0 : compiled + 2;
    if (compiled >= 0) assertOrder('compilation', onePackage(calls.slice(0, end)));
    assertOrder(operation, calls.slice(end));
    assertArguments(calls);
  });
}

test('an errand, logs and ssh are asked of the agent as upstream asks', async () => {
  const errand = { deployment: 'web', errand: 'client', keepAlive: false, whenChanged: false, instances: [] };
  const target = { group: 'server', indexes: ['0'], ids: ['0'] };
  const params = { user: 'bosh_1', public_key: 'ssh-rsa AAAA' };
  const logs = { deployment: 'web', group: '*', instance: '*', types: ['job'], filters: [] };

  succeeded(await lab.run(runErrandTask, errand, 'web'));
  succeeded(await lab.run(fetchLogsTask, logs, 'web'));
  succeeded(await lab.run(sshTask, { deployment: 'web', command: 'setup', target, params }, 'web'));

  const calls = await recorder.take();
  assertArguments(calls);
  const methods = new Set(calls.map(({ method }) => method));
  assert.deepEqual(
    ['run_errand', 'fetch_logs', 'ssh'].filter((method) => !methods.has(method)),
    [],
  );
});

test('delete asks what upstream asks, in its order', async () => {
  succeeded(await lab.run(deleteDeploymentTask, { deployment: 'web', force: false, keepSnapshots: false }, 'web'));

  const calls = await recorder.take();
  assertOrder('delete', calls);
  assertArguments(calls);
});

function assertOrder(operation: string, calls: readonly RecordedCall[]): void {
  const recorded = operations.find((one) => one.operation === operation)?.calls ?? [];
  const ours = calls.map(labelOf);
  const expected: string[] = [];
  for (const label of recorded) {
    const name = label.replace(/ \?$/, '');
    if (name === label || ours[expected.length] === name) expected.push(name);
  }
  assert.deepEqual(ours, expected);
}

function assertArguments(calls: readonly RecordedCall[]): void {
  const found = calls.flatMap((call) => {
    const label = labelOf(call);
    const wanted = shapes[label];
    if (wanted === undefined) return [];
    assert.equal(call.arguments.length, wanted.length, `arguments of ${label}: ${JSON.stringify(call.arguments)}`);
    return wanted.flatMap((shape, index) => misfits(call.arguments[index], shape, `${label}[${index}]`));
  });
  assert.deepEqual([...new Set(found)], []);
}

/** The recording makes a VM for each package; we go on with the same one. */
function onePackage(calls: readonly RecordedCall[]): readonly RecordedCall[] {
  const second = calls.findIndex(({ method }) => method === 'compile_package') + 1;
  return [...calls.slice(0, second), ...calls.slice(-1)];
}

function labelOf(call: RecordedCall): string {
  const detail = ['run_script', 'drain', 'ssh'].includes(call.method) ? ` ${call.arguments[0]}` : '';
  return `${call.to} ${call.method}${detail}`;
}
