import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from './plan-deployment.ts';
import { aGroup, aJob, aManifest, aRelease, aRequest, aSnapshot } from './plan-request.test-builders.ts';

type Properties = Readonly<Record<string, unknown>>;

const extra = aRelease({
  name: 'extra',
  version: '2',
  jobs: [aJob({ name: 'motd' }), aJob({ name: 'late' })],
  packages: [],
});
const groups = [
  aGroup(),
  aGroup({ name: 'smoke', lifecycle: 'errand', azs: ['z1'], jobs: [{ name: 'smoke', release: 'golden' }] }),
];

const filters: readonly (readonly [string, Properties, readonly string[]])[] = [
  ['nothing: all groups', {}, ['web', 'smoke']],
  ['deployment', { include: { deployments: ['golden'] } }, ['web', 'smoke']],
  ['another deployment', { include: { deployments: ['other'] } }, []],
  ['instance group', { include: { instance_groups: ['web'] } }, ['web']],
  ['job', { include: { jobs: [{ name: 'smoke', release: 'golden' }] } }, ['smoke']],
  ['OS', { include: { stemcell: [{ os: 'debian-bookworm' }] } }, ['web', 'smoke']],
  ['another OS', { include: { stemcell: [{ os: 'ubuntu-noble' }] } }, []],
  ['network', { include: { networks: ['default'] } }, ['web', 'smoke']],
  ['team', { include: { teams: ['blue'] } }, ['web', 'smoke']],
  ['another team', { include: { teams: ['red'] } }, []],
  ['AZ', { include: { azs: ['z2'] } }, ['web']],
  ['lifecycle', { include: { lifecycle: 'service' } }, ['web']],
  ['all keys must match', { include: { lifecycle: 'errand', azs: ['z2'] } }, []],
  ['exclude', { exclude: { lifecycle: 'errand' } }, ['web']],
  ['exclude wins', { include: { azs: ['z1'] }, exclude: { instance_groups: ['web'] } }, ['smoke']],
];

for (const [filter, addon, expected] of filters) {
  test(`an addon applies by ${filter}`, () => {
    const plan = planned([runtime({ ...addon, jobs: [{ name: 'motd', release: 'extra' }] })]);

    const joined = plan.groups.filter(({ jobs }) => jobs.some(({ name }) => name === 'motd'));
    assert.deepEqual(
      joined.map(({ name }) => name),
      expected,
    );
    assert.equal(plan.releases.length, expected.length === 0 ? 1 : 2);
  });
}

test('properties of an addon are for jobs that have none', () => {
  const jobs = [
    { name: 'motd', release: 'extra', properties: { text: 'own' } },
    { name: 'late', release: 'extra' },
  ];

  const plan = planned([runtime({ jobs, properties: { text: 'addon' } })]);

  assert.deepEqual(
    plan.groups[0]?.jobs.map(({ name, properties }) => [name, properties]),
    [
      ['server', {}],
      ['motd', { text: 'own' }],
      ['late', { text: 'addon' }],
    ],
  );
});

test('later addons see the jobs of earlier ones', () => {
  const first = runtime({ include: { instance_groups: ['web'] }, jobs: [{ name: 'motd', release: 'extra' }] });
  const second = {
    ...runtime({ include: { jobs: [{ name: 'motd', release: 'extra' }] }, jobs: [{ name: 'late', release: 'extra' }] }),
  };

  const plan = planned([first, second]);

  assert.deepEqual(
    plan.groups.map(({ jobs }) => jobs.map(({ name }) => name)),
    [['server', 'motd', 'late'], ['smoke']],
  );
});

const wrong: readonly (readonly [string, readonly Properties[], number])[] = [
  ['a job that is there already', [runtime({ jobs: [{ name: 'motd', release: 'extra' }] }, 2)], 100],
  ['`latest` in a runtime config', [{ releases: [{ name: 'extra', version: 'latest' }] }], 530001],
  [
    'two versions of a release',
    [
      {
        releases: [
          { name: 'a', version: '1' },
          { name: 'a', version: '2' },
        ],
      },
    ],
    530000,
  ],
  ['a release that is not listed', [{ addons: [{ name: 'a', jobs: [{ name: 'motd', release: 'x' }] }] }], 530002],
  ['tags in two configs', [{ tags: { a: '1' } }, { tags: { b: '1' } }], 530006],
  ['half a job filter', [runtime({ include: { jobs: [{ name: 'x' }] } })], 530004],
  ['half a stemcell filter', [runtime({ include: { stemcell: [{}] } })], 530005],
  [
    'a version other than the deployment has',
    [
      {
        releases: [{ name: 'golden', version: '2' }],
        addons: [{ name: 'a', jobs: [{ name: 'late', release: 'golden' }] }],
      },
    ],
    530003,
  ],
];

for (const [fault, configs, errorCode] of wrong) {
  test(`runtime config error ${errorCode}: ${fault}`, () => {
    assert.throws(() => planned(configs), { errorCode });
  });
}

function planned(runtimeConfigs: readonly Properties[]) {
  const snapshot = aSnapshot({ releases: [aRelease(), extra] });
  const manifest = aManifest({ instance_groups: groups });
  return planDeployment(aRequest({ manifest, snapshot, runtimeConfigs, teams: ['blue'] }));
}

function runtime(addon: Properties, times = 1): Properties {
  const addons = Array.from({ length: times }, () => ({ name: 'motd', jobs: [], ...addon }));
  return { releases: [{ name: 'extra', version: '2' }], addons };
}
