import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, test } from 'node:test';
import { messageOf } from '@boti/core';
import { mask, type RecordedStep, type Recording, readBriefState, readRecording, writeState } from './recorded.ts';
import { openScene, type Scene } from './scene.ts';
import { answer, type CpiReply, failure } from './scripted-cpi.ts';

const scene = await openScene();
after(() => scene[Symbol.asyncDispose]());

for (const [name, recording] of [
  ['life', readRecording('recorded-life')],
  ['shapes', readRecording('recorded-shapes')],
] as const) {
  for (const [index, step] of recording.steps.entries()) {
    test(`upstream's ${name} ${step.name}: the same calls, the same state`, () => replay(recording, step, index));
  }
}

async function replay(recording: Recording, step: RecordedStep, index: number): Promise<void> {
  await prepare(recording, step, index);
  const abort = new AbortController();
  scene.agent.script({
    ...step.control,
    ...(step.mounted && { mounted: step.mounted }),
    onRequest: (method) => abortLater(abort, step, method),
  });

  const error = await attempt(() =>
    scene.run({ args: step.args, manifest: manifestOf(recording, step), signal: abort.signal }),
  );

  assert.equal(error !== undefined, step.fails, chainOf(error));
  for (const word of step.words ?? []) assert.ok(chainOf(error).includes(word), `'${word}' in: ${chainOf(error)}`);
  assert.deepEqual(await cpiCalls(scene, step), step.cpi);
  assert.deepEqual(agentCalls(scene), step.agent);
  assert.deepEqual(await readBriefState(scene.statePath), step.state);
}

async function prepare({ manifests, steps }: Recording, step: RecordedStep, index: number): Promise<void> {
  await rm(scene.statePath, { force: true });
  const deployed = manifestOf({ manifests }, steps[index - 1] ?? step);
  if (step.before !== undefined) await writeState(scene.statePath, step.before, deployed);
  await scene.cpi.script(cpiScript(step));
}

function manifestOf({ manifests }: Pick<Recording, 'manifests'>, step: RecordedStep): string {
  const isForeign = step.name === '52-x509-wrong-ca' || step.name === '53-delete-after-x509';
  const isDown = /^5[789]-agent-down/.test(step.name) || step.name === '61-delete-down';
  return (manifests[step.manifest] ?? '')
    .replaceAll('$DIR/nokey', './nokey')
    .replaceAll('dir: "$DIR"', `dir: "${scene.cpi.dir}"`)
    .replaceAll('$DIR', scene.dir)
    .replaceAll(/sha1: "<sha1>"/g, 'sha1: ""')
    .replace('((t))', 'hi')
    .replace(/127\.0\.0\.1:68\d\d/, `127.0.0.1:${isDown ? 1 : scene.agent.port}`)
    .replace(/ {6}<ca>\s*\n/, `${indent(isForeign ? foreignCa : scene.ca)}\n`);
}

const foreignCa = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDEwdmb3JlaWdu
-----END CERTIFICATE-----`;

function indent(pem: string): string {
  return pem
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

function cpiScript({ control, answers }: RecordedStep): Record<string, CpiReply> {
  const done = answer(null);
  const replies: Record<string, CpiReply> = {
    info: answer(control.info ?? { api_version: 2, stemcell_formats: ['dummy'] }),
    has_vm: answer(control.has_vm ?? true),
    has_disk: answer(true),
    attach_disk: (answers.attach_disk ?? []).map(answer),
    create_vm: (answers.create_vm ?? []).map((cid) => answer([cid, {}])),
    create_disk: (answers.create_disk ?? []).map(answer),
    create_stemcell: (answers.create_stemcell ?? []).map(answer),
  };
  for (const method of 'delete_vm delete_disk delete_stemcell detach_disk set_vm_metadata set_disk_metadata'.split(
    ' ',
  )) {
    replies[method] = done;
  }
  for (const [method, { type = '', message = '', ok_to_retry: retry = false, raw, exit = 0 }] of Object.entries(
    control.cpi ?? {},
  )) {
    replies[method] = raw === undefined ? failure(type, message, retry) : { output: raw, exitCode: exit };
  }
  return replies;
}

/** What upstream's CLI went on with until its harness lost patience. */
function abortLater(abort: AbortController, { abortAt }: RecordedStep, method: string): void {
  if (abortAt === undefined) return;
  const seen = scene.agent.calls.filter(([name]) => name === method).length;
  if (method === 'drain' && abortAt === 'drain' && seen === 3) abort.abort(new Error('Interrupted'));
  if (method === 'ping' && abortAt === 'ping' && seen === 60) abort.abort(new Error('Interrupted'));
}

async function attempt(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function chainOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? messageOf(error) : `${messageOf(error)}: ${chainOf(error.cause)}`;
}

/** Calls that boti leaves out or adds where it costs nothing, see docs/contracts/deviations.md. */
const notCompared = new Set(['info', 'has_disk', 'console_log']);

async function cpiCalls({ cpi }: Scene, { answers }: RecordedStep): Promise<unknown> {
  const requests = await cpi.requests();
  const isNew = (vm: unknown): boolean => (answers.create_vm ?? []).includes(vm);
  const compared = requests.filter(
    // Whether a new VM is there is asked when its agent is silent.
    ({ method, arguments: args }) => !notCompared.has(method) && !(method === 'has_vm' && isNew(args[0])),
  );
  return mask(compared.map((one) => [one.method, one.arguments]));
}

function agentCalls({ agent }: Scene): unknown {
  const calls = agent.calls.filter(([method]) => method !== 'ping' && method !== 'get_task');
  const isRepeated = (method: string, index: number): boolean =>
    ['get_state', 'drain'].includes(method) && JSON.stringify(calls[index - 1]) === JSON.stringify(calls[index]);
  return mask(calls.filter(([method], index) => !isRepeated(method, index)));
}

test('the CPI sees what it sees of upstream, and the agent is told who asks', async () => {
  const recording = readRecording('recorded-life');
  const [first] = recording.steps as [RecordedStep];
  await replay(recording, first, 0);

  const [request] = (await scene.cpi.requests()).filter(({ method }) => method === 'create_vm');
  const director = request?.context.director_uuid;
  assert.deepEqual(request?.env, ['BOSH_JOBS_DIR', 'BOSH_PACKAGES_DIR', 'PATH']);
  assert.deepEqual(request.context.vm, { stemcell: { api_version: 2 } });
  assert.equal(request.api_version, 2);
  assert.ok(scene.agent.replyTos.has(String(director)));
});
