/** Holds the REST API and the tasks to what was recorded of upstream's Director: test/wire at the root. */
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tempDir } from '@boti/testkit';
import { cloudConfig, packRelease, packStemcell, webManifest, webRelease } from './support/deploy-lab.ts';
import { type Answer, startTestDirector } from './support/running-director.ts';
import { misfits, type Shape } from './support/wire-shape.ts';

interface Exchange {
  readonly recording: string;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly status: number;
}

interface Call extends Exchange {
  readonly body: Shape;
  /** To be made after this task instead of after the deploy. */
  readonly when?: string;
}

interface RecordedTask extends Exchange {
  /** Null where it names what cannot be the same. */
  readonly description: string | null;
  readonly result: string | null;
  readonly output?: Shape;
  readonly stages?: readonly RecordedStage[];
}

interface RecordedStage {
  readonly stage: string;
  /** Whether its lines carry the instance group's name. */
  readonly tagged: boolean;
  /** State, progress and status of its first task, line by line. */
  readonly steps: readonly (readonly (string | number)[])[] | null;
}

interface EventLine {
  readonly stage: string;
  readonly task: string;
  readonly tags: readonly string[];
  readonly state: string;
  readonly progress: number;
  readonly data?: { readonly status?: string };
}

const wire = async (name: string) =>
  JSON.parse(await readFile(join(import.meta.dirname, '../../../test/wire', name), 'utf8'));
const calls = (await wire('rest.json')) as readonly Call[];
const { line, errorLine, tasks } = (await wire('tasks.json')) as {
  readonly line: Shape;
  readonly errorLine: Shape;
  readonly tasks: readonly RecordedTask[];
};

const cleanUp = { after };
const directory = await tempDir(cleanUp);
const director = await startTestDirector(cleanUp);
const stemcell = await packStemcell(directory);
const release = await packRelease(directory, webRelease);
const names: Record<string, string> = {
  stemcell: 'sim-stemcell',
  stemcellVersion: '1.1',
  release: 'web',
  version: '0+dev.1',
  deployment: 'web',
  group: 'server',
  errand: 'smoke',
  context: JSON.stringify({ cloud_config_ids: [2], runtime_config_ids: [3] }),
};
const fill = (text: string, encode = (value: string): string => value): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (names[name] === undefined ? whole : encode(names[name])));

const bodies: Readonly<Record<string, () => string | ReturnType<typeof createReadStream>>> = {
  'a stemcell is asked for': () => JSON.stringify({ stemcell: { name: 'sim-stemcell', version: '1.1' } }),
  'packages that the Director has': () => 'name: web\nversion: "1"\npackages: []\njobs: []\n',
  'difference of a cloud config': () => cloudConfig,
  'difference of two configs': () => JSON.stringify({ from: { id: '1', content: '' }, to: { id: '2', content: '' } }),
  'difference of a deployment': () => webManifest.replace('greeting: hi', 'greeting: ho'),
  'upload a stemcell': () => createReadStream(stemcell),
  'upload a release': () => createReadStream(release),
  deploy: () => webManifest,
  errand: () => JSON.stringify({ instances: [], 'keep-alive': false, 'when-changed': false }),
  ssh: () =>
    JSON.stringify({
      command: 'cleanup',
      deployment_name: 'web',
      target: { job: 'server', indexes: ['0'], ids: ['0'] },
      params: { user_regex: '^bosh_x' },
    }),
  'clean up': () => JSON.stringify({ config: { remove_all: false, keep_orphaned_disks: false } }),
};

function send({ name, method, path, contentType }: Exchange): Promise<Answer> {
  const body = bodies[name]?.();
  return director.call(method, fill(path, encodeURIComponent), {
    ...(body !== undefined && { body }),
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    auth: name.startsWith('anonymous') ? null : 'admin:secret:1',
  });
}

for (const [type, config] of [
  ['cloud', cloudConfig],
  ['cloud', `${cloudConfig}vm_extensions: []\n`],
  ['runtime', 'releases: []\n'],
]) {
  const saved = await director.call('POST', `/${type}_configs?name=`, {
    body: config ?? '',
    headers: { 'content-type': 'text/yaml' },
  });
  assert.equal(saved.status, 201, saved.text);
}

for (const recorded of tasks) {
  test(`task: ${recorded.name} (recording ${recorded.recording})`, () => checkTask(recorded));
  const isDeploy = recorded.name === 'deploy';
  for (const call of calls.filter(({ when }) => (when === undefined ? isDeploy : when === recorded.name))) {
    test(`call: ${call.name} (recording ${call.recording})`, () => checkCall(call));
  }
}

test('an errand is in the event log as what it is (recording 081)', async () => {
  const { json } = await director.call('GET', '/events?deployment=web&object_name=smoke');

  const events = (json as readonly Readonly<Record<string, unknown>>[]).filter(({ action }) => action === 'run');
  assert.deepEqual(
    events.map(({ object_type, instance, context }) => [
      object_type,
      /^smoke\/\S+ \(0\)$/.test(`${instance}`),
      context,
    ]),
    [
      ['errand', true, { exit_code: 0 }],
      ['errand', true, {}],
    ],
  );
});

test('a task that fails ends with the error', async () => {
  const answer = await director.call('POST', '/deployments', {
    body: webManifest.replace('vm_type: small', 'vm_type: huge'),
    headers: { 'content-type': 'text/yaml' },
  });

  const { id, state } = await director.task(answer);

  assert.equal(state, 'error');
  assert.deepEqual(misfits((await director.events(id)).at(-1), errorLine), []);
});

async function checkCall(call: Call): Promise<void> {
  const answer = await send(call);

  assert.equal(answer.status, call.status, answer.text);
  assert.deepEqual(misfits(JSON.parse(answer.text), call.body), []);
}

async function checkTask(recorded: RecordedTask): Promise<void> {
  const task = await director.task(await send(recorded));
  if (recorded.name === 'deploy') await learnNames(String(task.id));

  assert.equal(task.state, 'done', String(task.result));
  if (recorded.description !== null) assert.equal(task.description, fill(recorded.description));
  if (recorded.result !== null) assert.equal(task.result, fill(recorded.result));
  if (recorded.output !== undefined) {
    const { text } = await director.call('GET', `/tasks/${task.id}/output?type=result`);
    const rows = text.split('\n').filter((row) => row !== '');
    assert.ok(rows.length > 0);
    assert.deepEqual(
      rows.flatMap((row) => misfits(JSON.parse(row), recorded.output ?? '')),
      [],
    );
  }
  if (recorded.stages !== undefined) checkStages((await director.events(task.id)) as never, recorded.stages);
}

/** What the calls after a deploy ask for. */
async function learnNames(task: string): Promise<void> {
  const { json } = await director.call('GET', `/events?task=${task}`);
  names.task = task;
  names.event = (json as readonly { readonly id: string }[]).at(-1)?.id ?? '';
}

function checkStages(events: readonly (EventLine & { readonly type?: string })[], recorded: readonly RecordedStage[]) {
  const lines = events.filter(({ type }) => type === undefined);
  assert.deepEqual(
    lines.flatMap((one) => misfits(one.tags.length === 0 ? { ...one, tags: [''] } : one, line)),
    [],
  );
  const stages = Map.groupBy(lines, ({ stage }) => stage.replace(/for \w+\/\S+ \(0\)/, 'for {instance}'));
  const ours = [...stages].map(([stage, all], index) => ({
    stage,
    tagged: (all[0]?.tags.length ?? 0) > 0,
    steps: recorded[index]?.steps === null ? null : stepsOfFirst(all),
  }));
  assert.deepEqual(ours, recorded);
}

function stepsOfFirst(lines: readonly EventLine[]): RecordedStage['steps'] {
  return lines
    .filter(({ task }) => task === lines[0]?.task)
    .map(({ state, progress, data }) => [state, progress, ...(data?.status === undefined ? [] : [data.status])]);
}
