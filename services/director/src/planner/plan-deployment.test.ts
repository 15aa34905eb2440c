import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from './plan-deployment.ts';
import {
  aCloudConfig,
  aGroup,
  aManifest,
  aNetwork,
  anAddress,
  anInstance,
  aRequest,
  aSnapshot,
  aStemcell,
  aStoredSpec,
  aVm,
  someOptions,
} from './plan-request.test-builders.ts';

test('a first deploy creates every instance with address, properties and stemcell', () => {
  const group = aGroup({ persistent_disk_type: 'd1', vm_extensions: ['ext'], env: { bosh: { password: 'x' } } });

  const plan = planDeployment(aRequest({ manifest: aManifest({ instance_groups: [group] }) }));

  assert.deepEqual(plan.groups[0]?.instances[0], {
    group: 'web',
    uuid: 'new-0',
    index: 0,
    az: 'z1',
    cpi: '',
    bootstrap: true,
    lifecycle: 'service',
    existing: null,
    state: 'started',
    networks: [
      {
        name: 'default',
        type: 'manual',
        address: '10.10.0.10',
        static: false,
        settings: aStoredSpec().networks.default,
        addressable: true,
      },
    ],
    cloudProperties: { zone: 'a', ram: 512, ext: true },
    vmType: 'small',
    env: { bosh: { password: 'x' } },
    tags: {},
    stemcell: aStemcell(),
    persistentDisk: { sizeMib: 1024, cloudProperties: { kind: 'ssd' } },
    changes: [{ kind: 'dirty', reason: 'it is new', needsNewVm: true }],
  });
  assert.deepEqual(
    plan.groups[0]?.instances.map(({ uuid, index, az, networks }) => [uuid, index, az, networks[0]?.address]),
    [
      ['new-0', 0, 'z1', '10.10.0.10'],
      ['new-1', 1, 'z2', '10.10.1.10'],
    ],
  );
});

test('compilation workers get the next addresses, as many as there are packages to compile', () => {
  const plan = planDeployment(aRequest());

  assert.deepEqual(
    plan.packages.map(({ package: { name }, dependencies, dependencyKey, groups }) => [
      name,
      dependencies,
      dependencyKey,
      groups,
    ]),
    [
      ['lib', [], '[]', []],
      ['app', [0], '[["lib","lib-v1"]]', ['web']],
    ],
  );
  assert.deepEqual(
    plan.compilation.vms.map(({ networks }) => networks[0]?.address),
    ['10.10.0.11', '10.10.0.12'],
  );
});

test('compilation makes do with the addresses there are', () => {
  const tiny = {
    name: 'tiny',
    type: 'manual',
    subnets: [{ azs: ['z1'], range: '10.20.0.0/30', gateway: '10.20.0.1' }],
  };
  const compilation = { workers: 2, az: 'z1', vm_type: 'small', network: 'tiny' };

  const plan = planDeployment(
    aRequest({ cloudConfigs: [aCloudConfig({ networks: [aNetwork(), tiny], compilation })] }),
  );

  assert.deepEqual(
    plan.compilation.vms.map(({ networks }) => networks[0]?.address),
    ['10.20.0.2'],
  );
});

test('deploying the same once more changes nothing', () => {
  const snapshot = aSnapshot({ instances: [anInstance()] });
  const manifest = aManifest({ instance_groups: [aGroup({ instances: 1, azs: ['z1'] })] });

  const plan = planDeployment(aRequest({ snapshot, manifest }));

  assert.deepEqual(plan.groups[0]?.instances[0]?.changes, []);
  assert.deepEqual([plan.groups[0]?.obsolete, plan.obsolete], [[], []]);
});

test('every difference is a change with its reason', () => {
  const existing = anInstance({
    vm: aVm({
      cloudProperties: { zone: 'a', ram: 256, old: 1 },
      env: { bosh: { password: 'old' } },
      stemcell: { name: 'boti-debian', version: '1.0', apiVersion: 3 },
    }),
    disks: [{ id: 1, cid: 'disk', name: '', sizeMib: 512, cloudProperties: {}, active: true, cpi: '' }],
    spec: aStoredSpec({ jobs: [{ name: 'server', version: 'old', release: 'golden' }], tags: { a: '1' } }),
    agent: { responsive: true, jobState: 'failing' },
    updateCompleted: false,
  });
  const group = aGroup({ instances: 1, azs: ['z1'], persistent_disk_type: 'd1', tags: { a: 2 } });
  const cloud = aCloudConfig({ networks: [aNetwork({ subnets: [subnetWithoutDns()] })] });

  const plan = planDeployment(
    aRequest({
      snapshot: aSnapshot({ instances: [existing] }),
      manifest: aManifest({ instance_groups: [group] }),
      cloudConfigs: [cloud],
    }),
  );

  assert.deepEqual(
    plan.groups[0]?.instances[0]?.changes.map(({ kind, reason, needsNewVm }) => [kind, reason, needsNewVm]),
    [
      ['dirty', 'its last update did not complete', false],
      ['cloud_properties', "VM type 'small' changes: ram 256 → 512, old is removed", true],
      ['stemcell', 'stemcell changes from boti-debian/1.0 to 1.1', true],
      ['env', 'env changes: bosh', true],
      ['network', "network 'default' changes: dns is removed", true],
      ['persistent_disk', 'persistent disk grows from 512 MiB to 1024 MiB', false],
      ['job', "job 'server' changes with release golden/1", false],
      ['state', "its jobs are 'failing', not running", false],
      ['tags', 'tags change: a 1 → 2', false],
    ],
  );
});

test('instances that are too many and groups that are gone become obsolete', () => {
  const instances = [
    anInstance(),
    anInstance({ uuid: 'uuid-1', index: 1, bootstrap: false, addresses: [anAddress('10.10.0.11', 'uuid-1')] }),
    anInstance({ uuid: 'old-0', group: 'old', addresses: [anAddress('10.10.0.12', 'old-0')] }),
  ];
  const manifest = aManifest({ instance_groups: [aGroup({ instances: 1, azs: ['z1'] })] });

  const plan = planDeployment(aRequest({ snapshot: aSnapshot({ instances }), manifest }));

  assert.deepEqual(
    [plan.groups[0]?.instances, plan.groups[0]?.obsolete, plan.obsolete].map((list) => list?.map(({ uuid }) => uuid)),
    [['uuid-0'], ['uuid-1'], ['old-0']],
  );
});

test('`latest` is resolved, in the stored manifest too', () => {
  const manifest = aManifest({
    releases: [{ name: 'golden', version: 'latest' }],
    stemcells: [{ alias: 'default', os: 'debian-bookworm', version: '1.latest' }],
  });
  const stemcells = [aStemcell(), aStemcell({ id: 2, version: '1.10' }), aStemcell({ id: 3, version: '2.1' })];

  const plan = planDeployment(aRequest({ manifest, snapshot: aSnapshot({ stemcells }) }));

  assert.deepEqual(
    [plan.manifest.releases, plan.manifest.stemcells],
    [[{ name: 'golden', version: '1' }], [{ alias: 'default', os: 'debian-bookworm', version: '1.10' }]],
  );
});

test('an agent that does not answer stops the deploy, unless it may fix', () => {
  const snapshot = aSnapshot({ instances: [anInstance({ agent: { responsive: false } })] });
  const manifest = aManifest({ instance_groups: [aGroup({ instances: 1, azs: ['z1'] })] });

  const plan = planDeployment(aRequest({ snapshot, manifest, options: someOptions({ fix: true }) }));

  assert.throws(() => planDeployment(aRequest({ snapshot, manifest })), { errorCode: 450002 });
  assert.deepEqual(plan.groups[0]?.instances[0]?.changes, [
    { kind: 'recreate', reason: 'its agent does not answer', needsNewVm: true },
  ]);
});

function subnetWithoutDns() {
  return {
    azs: ['z1', 'z2'],
    range: '10.10.0.0/24',
    gateway: '10.10.0.1',
    static: [],
    cloud_properties: { net: 'n1' },
  };
}
