import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLightUpdate } from './changes.ts';
import { configurationChanges } from './configuration-changes.ts';
import type { ChangeKind, DeployOptions } from './plan.ts';
import { planDeployment } from './plan-deployment.ts';
import {
  aGroup,
  aManifest,
  anAddress,
  anInstance,
  aRequest,
  aSnapshot,
  aStoredSpec,
  aVm,
  someOptions,
} from './plan-request.test-builders.ts';
import type { InstanceSnapshot } from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

test('recreate spares VMs younger than the threshold, but never a dirty instance', () => {
  const before = (day: string) => ({ recreate: true, recreateVmsCreatedBefore: new Date(day) });

  assert.deepEqual(
    [
      kinds(anInstance(), { recreate: true }),
      kinds(anInstance(), before('2026-11-02')),
      kinds(anInstance(), before('2026-10-31')),
      kinds(anInstance({ updateCompleted: false }), before('2026-10-31')),
    ],
    [['recreate'], ['recreate'], [], ['dirty', 'recreate']],
  );
});

test('states that are asked for', () => {
  const stopped = anInstance({ state: 'stopped', agent: { responsive: true, jobState: 'stopped' } });
  const detached = anInstance({ state: 'detached', vm: null, agent: null });

  assert.deepEqual(
    [
      ask(anInstance(), 'stopped'),
      ask(anInstance(), 'detached'),
      ask(anInstance(), 'restart'),
      ask(anInstance(), 'recreate'),
      ask(stopped, 'started'),
      ask(stopped, 'stopped'),
      ask(detached, 'started'),
      ask(detached, 'detached'),
    ],
    [
      ['stopped', 'its jobs are to be stopped'],
      ['detached', 'it is to be detached from its VM'],
      ['started', 'a restart was asked for'],
      ['started', 'a new VM was asked for'],
      ['started', 'its jobs are to be started'],
      ['stopped'],
      ['started', 'it has no VM'],
      ['detached'],
    ],
  );
});

test('a stopped instance stays stopped when nothing else is asked for', () => {
  const stopped = anInstance({ state: 'stopped', agent: { responsive: true, jobState: 'stopped' } });

  const instance = planOne(stopped);

  assert.deepEqual([instance.state, instance.changes], ['stopped', []]);
});

test('a state may be asked of one instance by index or uuid, and of all', () => {
  const states = (group: string, instance: string | null) => ({
    states: [{ group, instance, state: 'stopped' as const }],
  });

  assert.deepEqual(
    [states('web', '0'), states('web', 'uuid-0'), states('*', null)].map(
      (options) => planOne(anInstance(), options).state,
    ),
    ['stopped', 'stopped', 'stopped'],
  );
  assert.throws(() => planOne(anInstance(), states('web', '7')), { errorCode: 70001 });
  assert.throws(() => planOne(anInstance(), states('nope', null)), { errorCode: 70009 });
});

test('an ignored instance is left alone, and its state cannot be changed', () => {
  const ignored = anInstance({ ignore: true, updateCompleted: false, agent: { responsive: false } });
  const request = aRequest({ snapshot: aSnapshot({ instances: [ignored] }), manifest: manifestOfOne() });

  const plan = planDeployment(request);

  assert.deepEqual(plan.groups[0]?.instances[0]?.changes, []);
  assert.deepEqual(plan.warnings, ['You have ignored instances. They will not be changed: web/uuid-0']);
  assert.throws(() => ask(ignored, 'stopped'), { errorCode: 140021 });
});

test('an ignored instance keeps its address', () => {
  const snapshot = aSnapshot({
    instances: [anInstance({ ignore: true, addresses: [anAddress('10.99.0.1', 'uuid-0')] })],
  });

  assert.throws(() => planDeployment(aRequest({ snapshot, manifest: manifestOfOne() })), { errorCode: 190020 });
});

test('a silent VM on which nothing was ever installed is replaced without being asked', () => {
  const cut = anInstance({ spec: null, updateCompleted: false, agent: { responsive: false } });

  assert.deepEqual(kinds(cut, {}), ['dirty', 'recreate']);
});

test('a time to come is warned of', () => {
  const recreateVmsCreatedBefore = new Date('2030-01-01T00:00:00Z');
  const request = aRequest({ options: someOptions({ recreateVmsCreatedBefore }), now: new Date('2026-11-24') });

  assert.equal(planDeployment(request).warnings.length, 1);
});

test('an ignored instance is in the way of its deletion', () => {
  const snapshot = aSnapshot({ instances: [anInstance({ ignore: true })] });
  const plan = (group: Properties) => () =>
    planDeployment(aRequest({ snapshot, manifest: aManifest({ instance_groups: [aGroup(group)] }) }));

  assert.throws(plan({ instances: 0 }), { errorCode: 190020 });
  assert.throws(plan({ instances: 1, azs: ['z2'] }), { errorCode: 190020 });
  assert.throws(plan({ name: 'other' }), { errorCode: 190021 });
});

test('disks that appear, shrink, change or go', () => {
  const disk = { id: 1, cid: 'd', name: '', sizeMib: 2048, cloudProperties: { kind: 'ssd' }, active: true, cpi: '' };
  const reason = (disks: InstanceSnapshot['disks'], group: Properties) =>
    planOne(anInstance({ disks }), {}, group).changes.map((change) => change.reason);

  assert.deepEqual(
    [
      reason([], { persistent_disk: 10 }),
      reason([disk], { persistent_disk_type: 'd1' }),
      reason([{ ...disk, sizeMib: 1024, cloudProperties: { kind: 'hdd' } }], { persistent_disk_type: 'd1' }),
      reason([disk], { persistent_disk: 0 }),
      reason([{ ...disk, active: false }], {}),
      reason([disk], { persistent_disks: [{ name: 'data', type: 'd1' }] }),
    ],
    [
      ['persistent disk of 10 MiB is added'],
      ['persistent disk shrinks from 2048 MiB to 1024 MiB'],
      ['persistent disk changes: kind hdd → ssd'],
      ['persistent disk is removed'],
      [],
      ["persistent disk is removed, persistent disk 'data' of 1024 MiB is added"],
    ],
  );
});

test('the secret values of an env are not told', () => {
  const [change] = planOne(anInstance({ vm: aVm({ env: { bosh: { password: 'secret' } } }) })).changes;

  assert.deepEqual(change, { kind: 'env', reason: 'env changes: bosh', needsNewVm: true });
});

test('rendering brings out which templates and packages change', () => {
  const spec = { name: 'app', version: '1.1', sha1: 'x', blobstoreId: 'y' };
  const existing = anInstance({ spec: aStoredSpec({ packages: { app: spec }, tags: { a: '1' } }) });

  const changes = configurationChanges(planOne(existing), {
    configurationHash: 'other',
    templateHashes: { server: 'changed', added: 'new' },
    packages: { app: { ...spec, version: '1.2' } },
  });

  assert.deepEqual(
    changes.map(({ kind, reason }) => [kind, reason]),
    [
      ['packages', 'packages change: app'],
      ['configuration', 'templates change of jobs: server, added'],
      ['tags', 'tags change: a is removed'],
    ],
  );
});

test('rendering the same changes nothing', () => {
  const rendered = { configurationHash: 'hash', templateHashes: { server: 'server-hash' }, packages: {} };

  assert.deepEqual(configurationChanges(planOne(anInstance()), rendered), []);
});

test('tags and DNS alone leave the jobs running', () => {
  const light = (...list: ChangeKind[]) => isLightUpdate(list.map((kind) => ({ kind, reason: '', needsNewVm: false })));

  assert.deepEqual(
    [light('tags'), light('tags', 'dns'), light('nats_config', 'dns'), light('configuration', 'tags'), light()],
    [true, true, true, false, false],
  );
});

function ask(existing: InstanceSnapshot, state: DeployOptions['states'][number]['state']): readonly string[] {
  const instance = planOne(existing, { states: [{ group: 'web', instance: null, state }] });
  return [instance.state, ...instance.changes.map(({ reason }) => reason)];
}

function kinds(existing: InstanceSnapshot, options: Partial<DeployOptions>): readonly ChangeKind[] {
  return planOne(existing, options).changes.map(({ kind }) => kind);
}

function planOne(existing: InstanceSnapshot, options: Partial<DeployOptions> = {}, group: Properties = {}) {
  const plan = planDeployment(
    aRequest({
      snapshot: aSnapshot({ instances: [existing] }),
      manifest: manifestOfOne(group),
      options: someOptions(options),
    }),
  );
  const instance = plan.groups[0]?.instances[0];
  assert.ok(instance !== undefined);
  return instance;
}

function manifestOfOne(group: Properties = {}) {
  return aManifest({ instance_groups: [aGroup({ instances: 1, azs: ['z1'], ...group })] });
}
