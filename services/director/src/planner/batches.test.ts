import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberOf, parallelOf, updateBatches, watchSchedule } from './batches.ts';
import type { GroupPlan } from './plan.ts';
import { planDeployment } from './plan-deployment.ts';
import { aGroup, aManifest, anAddress, anInstance, aRequest, aSnapshot } from './plan-request.test-builders.ts';
import type { InstanceSnapshot } from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

test('serial groups go one by one, consecutive others together', () => {
  const group = (name: string, serial: boolean) => aGroup({ name, instances: 1, update: { serial } });
  const groups = planned([group('a', true), group('b', false), group('c', false), group('d', true), group('e', false)]);

  const batches = updateBatches({ groups, deployedBefore: true });

  assert.deepEqual(
    batches.map((batch) => batch.groups.map((update) => update.group.name)),
    [['a'], ['b', 'c'], ['d'], ['e']],
  );
});

test('AZ by AZ, with canaries only in the first', () => {
  const groups = planned([aGroup({ instances: 6, update: { canaries: 2, max_in_flight: '50%' } })]);

  const [batch] = updateBatches({ groups, deployedBefore: false });

  assert.deepEqual(
    batch?.groups[0]?.steps.map(({ az, canaries, others, maxInFlight }) => [
      az,
      canaries.length,
      others.length,
      maxInFlight,
    ]),
    [
      ['z1', 2, 1, 1],
      ['z2', 0, 3, 1],
    ],
  );
  assert.equal(batch?.groups[0]?.steps[0]?.canaries[0]?.bootstrap, true);
});

test('a first deploy may take all AZs at once', () => {
  const update = { initial_deploy_az_update_strategy: 'parallel', max_in_flight: 4 };
  const groups = planned([aGroup({ instances: 6, update })]);

  const steps = (deployedBefore: boolean) =>
    updateBatches({ groups, deployedBefore })[0]?.groups[0]?.steps.map(({ az, others }) => [az, others.length]);

  assert.deepEqual(
    [steps(false), steps(true)],
    [
      [[null, 5]],
      [
        ['z1', 2],
        ['z2', 3],
      ],
    ],
  );
});

test('unchanged and ignored instances are not touched, errand groups only while they have VMs', () => {
  const instances = [
    anInstance(),
    anInstance({
      uuid: 'uuid-1',
      index: 1,
      az: 'z2',
      ignore: true,
      updateCompleted: false,
      bootstrap: false,
      addresses: [anAddress('10.10.1.10', 'uuid-1')],
    }),
  ];
  const groups = planned([aGroup(), aGroup({ name: 'smoke', lifecycle: 'errand' })], instances);

  assert.deepEqual(updateBatches({ groups, deployedBefore: true }), []);
});

test('a kept errand VM brings its whole group along', () => {
  const groups = planned([aGroup({ lifecycle: 'errand' })], [anInstance()]);

  const [batch] = updateBatches({ groups, deployedBefore: true });

  assert.equal(
    batch?.groups[0]?.steps.reduce((sum, step) => sum + step.canaries.length + step.others.length, 0),
    2,
  );
});

test('instances that go are deleted at most max_in_flight at a time', () => {
  const instances = [0, 1, 2, 3].map((index) => anInstance({ uuid: `uuid-${index}`, index, addresses: [] }));
  const groups = planned([aGroup({ instances: 0, update: { max_in_flight: '50%' } })], instances);

  const deletions = updateBatches({ groups, deployedBefore: true })[0]?.groups[0]?.deletions;

  assert.deepEqual([deletions?.instances.length, deletions?.parallel], [4, 2]);
});

test('percentages round down; in flight is always somebody', () => {
  assert.deepEqual([numberOf('25%', 7), numberOf(3, 1), parallelOf('25%', 3), parallelOf(0, 9)], [1, 3, 1, 1]);
});

test('the watch schedule looks about ten times, at least a second and at most fifteen apart', () => {
  assert.deepEqual(
    [
      watchSchedule({ minMs: 500, maxMs: 5000 }),
      watchSchedule({ minMs: 3000, maxMs: 3000 }),
      watchSchedule({ minMs: 1000, maxMs: 19_000 }),
      watchSchedule({ minMs: 0, maxMs: 300_000 }).slice(0, 3),
    ],
    [[500, 1000, 1000, 1000, 1000], [3000], [1000, ...Array<number>(9).fill(2000)], [0, 15_000, 15_000]],
  );
});

function planned(groups: readonly Properties[], instances: readonly InstanceSnapshot[] = []): readonly GroupPlan[] {
  const snapshot = aSnapshot({ instances });
  return planDeployment(aRequest({ manifest: aManifest({ instance_groups: groups }), snapshot })).groups;
}
