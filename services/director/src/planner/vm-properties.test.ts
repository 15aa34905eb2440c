import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededVmResources } from './needed-vm-resources.ts';
import { checkDeployment, planDeployment } from './plan-deployment.ts';
import { aCloudConfig, aGroup, aManifest, aRequest, aSnapshot } from './plan-request.test-builders.ts';

const resources = { cpu: 1, ram: 512, ephemeral_disk_size: 1024 };
const manifest = aManifest({ instance_groups: [aGroup({ vm_type: undefined, vm_resources: resources })] });

test('what a CPI must calculate is asked once a CPI', () => {
  const azs = [
    { name: 'z1', cpi: 'east' },
    { name: 'z2', cpi: 'west' },
  ];
  const cloudConfigs = [
    aCloudConfig({ azs, compilation: { workers: 1, az: 'z1', vm_resources: resources, network: 'default' } }),
  ];
  const rules = { cpis: ['east', 'west'] };
  const wanted = { cpu: 1, ramMib: 512, ephemeralDiskMib: 1024 };

  assert.deepEqual(neededVmResources(aRequest({ manifest, cloudConfigs, rules })), [
    { cpi: 'east', resources: wanted },
    { cpi: 'west', resources: wanted },
  ]);
});

test('a plan without the answer fails, one with it uses it', () => {
  const calculatedVms = [
    { cpi: '', resources: { cpu: 1, ramMib: 512, ephemeralDiskMib: 1024 }, cloudProperties: { type: 'tiny' } },
  ];

  const plan = planDeployment(aRequest({ manifest, calculatedVms }));

  assert.deepEqual(plan.groups[0]?.instances[0]?.cloudProperties, { zone: 'a', type: 'tiny' });
  assert.throws(() => planDeployment(aRequest({ manifest })), { errorCode: 100 });
});

test('the tmpfs feature shows in the env, below what the group says', () => {
  const group = aGroup({ instances: 1, azs: ['z1'], env: { bosh: { job_dir: { tmpfs: false }, password: 'x' } } });
  const plan = planDeployment(
    aRequest({ manifest: aManifest({ instance_groups: [group], features: { use_tmpfs_config: true } }) }),
  );

  assert.deepEqual(plan.groups[0]?.instances[0]?.env, {
    bosh: { job_dir: { tmpfs: false }, agent: { settings: { tmpfs: true } }, password: 'x' },
  });
});

test('a group that cannot have its address twice is never swapped', () => {
  const update = { vm_strategy: 'create-swap-delete' };
  const fixed = { instances: 1, azs: ['z1'], networks: [{ name: 'default', static_ips: ['10.10.0.50'] }] };
  const groups = [aGroup({ update }), aGroup({ name: 'db', update, ...fixed })];

  const plan = planDeployment(aRequest({ manifest: aManifest({ instance_groups: groups }) }));

  assert.deepEqual(
    plan.groups.map((group) => group.update.vmStrategy),
    ['create-swap-delete', 'delete-create'],
  );
});

test('a check before the deploy finds unknown releases, not missing stemcells', () => {
  assert.doesNotThrow(() => checkDeployment(aRequest({ snapshot: aSnapshot({ stemcells: [] }) })));
  assert.throws(() => checkDeployment(aRequest({ snapshot: aSnapshot({ releases: [] }) })), { errorCode: 30005 });
});
