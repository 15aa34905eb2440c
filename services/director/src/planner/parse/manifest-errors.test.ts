import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from '../plan-deployment.ts';
import { aCloudConfig, aGroup, aManifest, aNetwork, aRequest } from '../plan-request.test-builders.ts';

type Properties = Readonly<Record<string, unknown>>;

const vip = { name: 'vip', type: 'vip' };
const dynamic = { name: 'dyn', type: 'dynamic', subnets: [{ azs: ['z1', 'z2'] }] };
const cloud = aCloudConfig({ networks: [aNetwork(), vip, dynamic] });

const wrongManifests: readonly (readonly [string, Properties, number])[] = [
  ['name is missing', { name: undefined }, 40001],
  ['no releases', { releases: undefined }, 40001],
  ['release and releases', { release: { name: 'a', version: '1' } }, 190001],
  ['a release twice', { releases: [golden(), golden()] }, 190002],
  ['an unknown release', { releases: [golden(), { name: 'nope', version: '1' }] }, 30005],
  ['an unknown release version', { releases: [{ name: 'golden', version: '9' }] }, 30006],
  ['no stemcells', { stemcells: undefined }, 190019],
  ['a stemcell alias twice', { stemcells: [stemcell(), stemcell()] }, 50005],
  ['a stemcell by name and OS', { stemcells: [{ ...stemcell(), name: 'x' }] }, 40005],
  ['an unknown stemcell', { stemcells: [{ ...stemcell(), version: '99' }] }, 50003],
  ['no update block', { update: undefined }, 40001],
  ['canaries are no number', { update: { ...update(), canaries: 'few' } }, 40005],
  ['a watch time that is none', { update: { ...update(), canary_watch_time: 'soon' } }, 180001],
  ['a watch time that runs backwards', { update: { ...update(), update_watch_time: '9-3' } }, 180001],
  ['an unknown vm_strategy', { update: { ...update(), vm_strategy: 'hope' } }, 40005],
  ['serial is a text', { update: { ...update(), serial: 'yes' } }, 40000],
  ['vm_types in the manifest', { vm_types: [] }, 190014],
  ['networks in the manifest', { networks: [] }, 140026],
  ['disk_pools', { disk_pools: [] }, 140027],
  ['jobs', { jobs: [] }, 140023],
  ['resource_pools', { resource_pools: [] }, 140028],
  ['two groups of one name', { instance_groups: [aGroup(), aGroup({ name: 'WEB' })] }, 190006],
  ['a feature that is no boolean', { features: { use_dns_addresses: 'yes' } }, 560001],
  ['features at odds', { features: { use_link_dns_names: true, use_dns_addresses: false } }, 210001],
  [
    'an addon with a deployments filter',
    { addons: [{ name: 'a', jobs: [], include: { deployments: ['x'] } }] },
    530006,
  ],
  ['an addon whose release is not listed', { addons: [{ name: 'a', jobs: [{ name: 'j', release: 'r' }] }] }, 530002],
];

for (const [fault, overrides, errorCode] of wrongManifests) {
  test(`manifest error ${errorCode}: ${fault}`, () => {
    assert.throws(() => plan(overrides), { errorCode });
  });
}

const wrongGroups: readonly (readonly [string, Properties, number])[] = [
  ['instances are missing', { instances: undefined }, 40001],
  ['instances are a text', { instances: 'lots' }, 40000],
  ['instances are negative', { instances: -1 }, 40002],
  ['properties are a text', { properties: 'notahash' }, 40000],
  ['an unknown lifecycle', { lifecycle: 'sometimes' }, 140011],
  ['no azs in the list', { azs: [] }, 140017],
  ['an AZ that is no text', { azs: [1] }, 140016],
  ['an unknown AZ', { azs: ['z9'] }, 140018],
  ['AZs that the network lacks', { azs: undefined }, 150006],
  ['an unknown VM type', { vm_type: 'huge' }, 140004],
  ['neither vm_type nor vm_resources', { vm_type: undefined }, 140022],
  ['both vm_type and vm_resources', { vm_resources: {} }, 140022],
  ['an unknown stemcell alias', { stemcell: 'other' }, 140005],
  ['an unknown disk type', { persistent_disk_type: 'd9' }, 140012],
  ['a negative disk', { persistent_disk: -1 }, 140013],
  ['two kinds of disk', { persistent_disk: 1, persistent_disk_type: 'd1' }, 140013],
  ['a disk without a name', { persistent_disks: [{ type: 'd1' }] }, 140013],
  ['no networks', { networks: [] }, 140009],
  ['an unknown network', { networks: [{ name: 'nope' }] }, 150001],
  ['an unknown default', { networks: [{ name: 'default', default: ['x'] }] }, 150003],
  ['two networks and no defaults', { networks: [{ name: 'default' }, { name: 'dyn' }] }, 150005],
  [
    'two networks for one default',
    {
      networks: [
        { name: 'default', default: ['dns', 'gateway'] },
        { name: 'dyn', default: ['dns'] },
      ],
    },
    150004,
  ],
  [
    'a vip network as default',
    { networks: [{ name: 'default' }, { name: 'vip', static_ips: ['1.1.1.1', '1.1.1.2'], default: ['dns'] }] },
    130007,
  ],
  [
    'a vip network without IPs',
    { networks: [{ name: 'default', default: ['dns', 'gateway'] }, { name: 'vip' }] },
    130014,
  ],
  ['static IPs on a dynamic network', { networks: [{ name: 'dyn', static_ips: ['10.0.0.1'] }] }, 150008],
  ['too few static IPs', { networks: [{ name: 'default', static_ips: ['10.10.0.50'] }] }, 150002],
  ['a static IP twice', { networks: [{ name: 'default', static_ips: ['10.10.0.50', '10.10.0.50'] }] }, 150009],
  [
    'a static IP of another AZ',
    { azs: ['z1'], networks: [{ name: 'default', static_ips: ['10.10.0.50', '10.10.1.50'] }] },
    150007,
  ],
  ['a static IP in no subnet', { networks: [{ name: 'default', static_ips: ['10.10.0.50', '10.11.1.50'] }] }, 130012],
  [
    'a static IP that is reserved',
    { networks: [{ name: 'default', static_ips: ['10.10.0.50', '10.10.1.5'] }] },
    130013,
  ],
  [
    'a static IP outside static ranges',
    { networks: [{ name: 'default', static_ips: ['10.10.0.50', '10.10.1.99'] }] },
    130009,
  ],
  ['IPs that are none', { networks: [{ name: 'default', static_ips: ['10.10.0.50', 'x'] }] }, 160010],
  ['resource_pool', { resource_pool: 'x' }, 140025],
  ['persistent_disk_pool', { persistent_disk_pool: 'x' }, 140027],
  ['templates', { templates: [] }, 140024],
  ['a job twice', { jobs: [job(), job()] }, 140010],
  ['a job of an unknown release', { jobs: [{ name: 'server', release: 'r' }] }, 140002],
  ['a job that the release lacks', { jobs: [{ name: 'nope', release: 'golden' }] }, 140029],
  ['an unknown state', { state: 'asleep' }, 140008],
  ['an unknown instance state', { instance_states: { '0': 'asleep' } }, 140007],
  ['a migration from an AZ it lacks', { migrated_from: [{ name: 'old', az: 'z9' }] }, 190018],
  ['a name that DNS cannot carry', { name: '-' }, 420001],
];

for (const [fault, overrides, errorCode] of wrongGroups) {
  test(`group error ${errorCode}: ${fault}`, () => {
    assert.throws(() => plan({ instance_groups: [aGroup(overrides)] }), { errorCode });
  });
}

test('texts are those of the recordings', () => {
  const noInstances = aGroup({ instances: undefined, azs: ['z1'] });

  assert.throws(() => plan({ instance_groups: [{ ...noInstances, jobs: [{ ...job(), properties: {} }] }] }), {
    message:
      /^Required property 'instances' was not specified in object \(\{"name"=>"web", "instances"=>nil, "azs"=>\["z1"\], .*"properties"=>\{\}\}\]\}\)$/,
  });
  assert.throws(() => plan({ instance_groups: [aGroup({ instances: 'lots' })] }), {
    message: `Property 'instances' value ("lots") did not match the required type 'Integer'`,
  });
  assert.throws(() => plan({ instance_groups: [aGroup({ vm_type: 'smal' })] }), {
    message: "Instance group 'web' references an unknown vm type 'smal'",
    hint: "Did you mean 'small'?",
  });
  assert.throws(() => plan({ stemcells: [{ ...stemcell(), version: '99' }] }), {
    message: "Stemcell version '99' for OS 'debian-bookworm' doesn't exist",
  });
});

test('numbers pass where texts are wanted', () => {
  const made = plan({ releases: [{ name: 'golden', version: 1 }], stemcells: [{ ...stemcell(), version: 1.1 }] });

  assert.deepEqual(made.releases, [{ name: 'golden', version: '1' }]);
});

function plan(overrides: Properties) {
  return planDeployment(aRequest({ manifest: aManifest(overrides), cloudConfigs: [cloud] }));
}

function golden() {
  return { name: 'golden', version: '1' };
}

function stemcell() {
  return { alias: 'default', os: 'debian-bookworm', version: '1.1' };
}

function job() {
  return { name: 'server', release: 'golden' };
}

function update() {
  return aManifest().update as Properties;
}
