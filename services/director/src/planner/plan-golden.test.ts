import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstancePlan } from './plan.ts';
import { planDeployment } from './plan-deployment.ts';
import {
  aCloudConfig,
  aJob,
  aNetwork,
  aPackage,
  aRelease,
  aRequest,
  aSnapshot,
  aStemcell,
} from './plan-request.test-builders.ts';

// The deployment of the recorded life cycle: what upstream's Director sent to CPI and agents is what must come out here.

const manifest = {
  name: 'golden',
  tags: { purpose: 'fixtures' },
  releases: [{ name: 'golden', version: '1' }],
  stemcells: [{ alias: 'default', os: 'toronto-os', version: '1' }],
  update: { canaries: 1, max_in_flight: 1, canary_watch_time: '500-5000', update_watch_time: '500-5000' },
  instance_groups: [
    {
      name: 'db',
      azs: ['z1'],
      instances: 1,
      vm_type: 'small',
      stemcell: 'default',
      persistent_disk_type: 'd1',
      networks: [{ name: 'default', static_ips: ['10.10.0.50'] }],
      jobs: [
        {
          name: 'server',
          release: 'golden',
          properties: { port: 9000, greeting: 'hi' },
          provides: { api: { as: 'db-api', shared: true } },
        },
      ],
    },
    {
      name: 'web',
      azs: ['z1', 'z2'],
      instances: 2,
      vm_resources: { cpu: 1, ram: 512, ephemeral_disk_size: 1024 },
      vm_extensions: ['ext'],
      stemcell: 'default',
      networks: [{ name: 'default' }],
      jobs: [{ name: 'client', release: 'golden', consumes: { api: { from: 'db-api' } } }],
    },
    {
      name: 'smoke',
      lifecycle: 'errand',
      azs: ['z1'],
      instances: 1,
      vm_type: 'small',
      stemcell: 'default',
      networks: [{ name: 'dyn' }],
      jobs: [{ name: 'smoke', release: 'golden' }],
    },
  ],
};

const runtimeConfig = {
  releases: [{ name: 'golden', version: '1' }],
  addons: [
    {
      name: 'motd',
      include: { stemcell: [{ os: 'toronto-os' }] },
      exclude: { jobs: [{ name: 'smoke', release: 'golden' }] },
      jobs: [{ name: 'addon', release: 'golden', properties: { motd: 'hello world' } }],
    },
  ],
  tags: { owner: 'wire' },
};

const spec = { name: '', templates: {}, packages: [], properties: {}, provides: [], consumes: [] };
const server = aJob({
  name: 'server',
  packageNames: ['app'],
  spec: {
    ...spec,
    properties: { port: { default: 80 }, greeting: {} },
    provides: [{ name: 'api', type: 'http', properties: ['port'] }],
  },
});
const client = aJob({
  name: 'client',
  packageNames: ['lib'],
  spec: { ...spec, consumes: [{ name: 'api', type: 'http' }] },
});
const release = aRelease({
  jobs: [server, client, aJob({ name: 'smoke' }), aJob({ name: 'addon' })],
  packages: [aPackage({ name: 'app', dependencies: ['lib'] }), aPackage({ name: 'lib' })],
});

const request = () =>
  aRequest({
    manifest,
    cloudConfigs: [
      aCloudConfig({
        vm_types: [{ name: 'small', cloud_properties: { type: 't.small' } }],
        networks: [
          aNetwork(),
          {
            name: 'dyn',
            type: 'dynamic',
            subnets: [{ azs: ['z1', 'z2'], dns: ['10.10.0.2'], cloud_properties: { net: 'dyn' } }],
          },
        ],
      }),
    ],
    runtimeConfigs: [runtimeConfig],
    calculatedVms: [
      {
        cpi: '',
        resources: { cpu: 1, ramMib: 512, ephemeralDiskMib: 1024 },
        cloudProperties: { instance_type: 'dummy' },
      },
    ],
    snapshot: aSnapshot({
      releases: [release],
      stemcells: [aStemcell({ name: 'ubuntu-stemcell', version: '1', operatingSystem: 'toronto-os' })],
    }),
  });

test('VMs get the arguments that were recorded', () => {
  const plan = planDeployment(request());

  const [db, web, smoke] = plan.groups.map((group) => group.instances.map(argumentsOf));
  assert.deepEqual(db, [
    { az: 'z1', properties: { zone: 'a', type: 't.small' }, networks: manualOn('10.10.0', '50', 'n1') },
  ]);
  assert.deepEqual(web, [
    {
      az: 'z1',
      properties: { zone: 'a', instance_type: 'dummy', ext: true },
      networks: manualOn('10.10.0', '10', 'n1'),
    },
    {
      az: 'z2',
      properties: { zone: 'b', instance_type: 'dummy', ext: true },
      networks: manualOn('10.10.1', '10', 'n2'),
    },
  ]);
  assert.deepEqual(smoke, [
    {
      az: 'z1',
      properties: { zone: 'a', type: 't.small' },
      networks: {
        dyn: { type: 'dynamic', cloud_properties: { net: 'dyn' }, dns: ['10.10.0.2'], default: ['dns', 'gateway'] },
      },
    },
  ]);
});

test('the addon joins the groups it includes, and tags of all levels meet', () => {
  const plan = planDeployment(request());

  assert.deepEqual(
    plan.groups.map(({ name, jobs }) => [name, jobs.map((job) => job.name)]),
    [
      ['db', ['server', 'addon']],
      ['web', ['client', 'addon']],
      ['smoke', ['smoke']],
    ],
  );
  assert.deepEqual(plan.tags, { owner: 'wire', purpose: 'fixtures' });
});

test('compilation takes the address after those of the instances', () => {
  const plan = planDeployment(request());

  assert.deepEqual(
    plan.packages.map(({ package: { name }, dependencyKey }) => [name, dependencyKey]),
    [
      ['lib', '[]'],
      ['app', '[["lib","lib-v1"]]'],
    ],
  );
  assert.equal(plan.compilation.vms[0]?.networks[0]?.address, '10.10.0.11');
});

test('the link shows the provider with its address and only the properties it lists', () => {
  const plan = planDeployment(request());

  assert.deepEqual(plan.groups[1]?.jobs[0]?.links, {
    api: {
      deployment_name: 'golden',
      domain: 'bosh',
      default_network: 'default',
      networks: ['default'],
      instance_group: 'db',
      group_name: 'api-http',
      properties: { port: 9000 },
      use_short_dns_addresses: false,
      use_dns_addresses: false,
      use_link_dns_names: false,
      instances: [
        {
          name: 'db',
          id: 'new-0',
          index: 0,
          bootstrap: true,
          az: 'z1',
          address: '10.10.0.50',
          addresses: { default: '10.10.0.50' },
          dns_addresses: { default: 'new-0.db.default.golden.bosh' },
        },
      ],
    },
  });
});

function argumentsOf({ az, cloudProperties, networks }: InstancePlan) {
  return {
    az,
    properties: cloudProperties,
    networks: Object.fromEntries(networks.map(({ name, settings }) => [name, settings])),
  };
}

function manualOn(net: string, host: string, name: string) {
  return {
    default: {
      type: 'manual',
      ip: `${net}.${host}`,
      netmask: '255.255.255.0',
      cloud_properties: { net: name },
      default: ['dns', 'gateway'],
      dns: [`${net}.2`],
      gateway: `${net}.1`,
    },
  };
}
