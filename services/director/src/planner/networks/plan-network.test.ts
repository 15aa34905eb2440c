import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from '../plan-deployment.ts';
import {
  aCloudConfig,
  aGroup,
  aManifest,
  aNetwork,
  anAddress,
  anInstance,
  aRequest,
  aSnapshot,
  aStoredSpec,
} from '../plan-request.test-builders.ts';
import type { Snapshot } from '../snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

const one = { instances: 1, azs: ['z1'] };
const subnet = { azs: ['z1'], range: '10.20.0.0/30', gateway: '10.20.0.1' };

test('an address is kept while its subnet allows it', () => {
  const kept = addressAfter({});
  const reserved = addressAfter({
    subnets: [{ azs: ['z1'], range: '10.10.0.0/24', gateway: '10.10.0.1', reserved: ['10.10.0.10'] }],
  });
  const elsewhere = addressAfter({ subnets: [{ azs: ['z1'], range: '10.30.0.0/24', gateway: '10.30.0.1' }] });
  const nowStatic = addressAfter({
    subnets: [{ azs: ['z1'], range: '10.10.0.0/24', gateway: '10.10.0.1', static: ['10.10.0.10'] }],
  });

  assert.deepEqual(
    [kept, reserved, elsewhere, nowStatic].map((network) => [network?.address, network?.static]),
    [
      ['10.10.0.10', false],
      ['10.10.0.2', false],
      ['10.30.0.2', false],
      ['10.10.0.10', true],
    ],
  );
});

test('an address moves along to a network with the same range', () => {
  const plan = planned({
    group: { ...one, networks: [{ name: 'renamed' }] },
    networks: [aNetwork(), aNetwork({ name: 'renamed' })],
    snapshot: { instances: [anInstance({ addresses: [anAddress('10.10.0.33', 'uuid-0')] })] },
  });

  assert.equal(plan.networks[0]?.address, '10.10.0.33');
});

test('addresses of other deployments and of who leaves are not given out', () => {
  const leaving = anInstance({ uuid: 'gone', group: 'gone', addresses: [anAddress('10.10.0.10', 'gone')] });
  const addresses = [anAddress('10.10.0.10', 'gone'), anAddress('10.10.0.11', null, 'other')];

  const plan = planned({ group: one, snapshot: { instances: [leaving], addresses } });

  assert.equal(plan.networks[0]?.address, '10.10.0.12');
});

test('a static address of somebody else is an error', () => {
  const group = { ...one, networks: [{ name: 'default', static_ips: ['10.10.0.50'] }] };
  const addresses = [anAddress('10.10.0.50', 'other')];

  assert.throws(() => planned({ group, snapshot: { addresses } }), { errorCode: 130008 });
});

test('a full network says whose address it lacks', () => {
  const networks = [aNetwork(), { name: 'tiny', type: 'manual', subnets: [subnet] }];

  assert.throws(() => planned({ group: { instances: 2, azs: ['z1'], networks: [{ name: 'tiny' }] }, networks }), {
    errorCode: 130011,
    message: "Failed to reserve IP for 'web/new-1 (1)' for manual network 'tiny': no more available",
  });
});

test('a vip comes from the group or from the cloud config', () => {
  const defaults = { name: 'default', default: ['dns', 'gateway'] };
  const vip = { name: 'vip', type: 'vip', cloud_properties: { a: 1 } };

  const own = planned({
    group: { ...one, networks: [defaults, { name: 'vip', static_ips: ['1.2.3.4'] }] },
    networks: [aNetwork(), vip],
  });
  const global = planned({
    group: { ...one, networks: [defaults, { name: 'vip' }] },
    networks: [aNetwork(), { ...vip, subnets: [{ azs: ['z1'], static: ['1.2.3.4-1.2.3.9'] }] }],
    snapshot: { addresses: [anAddress('1.2.3.4', 'other', 'vip')] },
  });

  assert.deepEqual(
    [own, global].map(({ networks }) => networks[1]?.settings),
    [
      { type: 'vip', ip: '1.2.3.4', cloud_properties: { a: 1 } },
      { type: 'vip', ip: '1.2.3.5', cloud_properties: { a: 1 } },
    ],
  );
});

test('the addressable network is the one that says so, else the one with the gateway', () => {
  const networks = [aNetwork(), { name: 'dyn', type: 'dynamic', subnets: [{ azs: ['z1'] }] }];
  const addressable = (dynDefaults: readonly string[]) =>
    planned({
      group: {
        ...one,
        networks: [
          { name: 'default', default: ['dns', 'gateway'] },
          { name: 'dyn', default: dynDefaults },
        ],
      },
      networks,
    }).networks.find((network) => network.addressable)?.name;

  assert.deepEqual([addressable([]), addressable(['addressable'])], ['default', 'dyn']);
});

test('IPv6 networks are planned like others', () => {
  const networks = [
    aNetwork(),
    { name: 'six', type: 'manual', subnets: [{ azs: ['z1'], range: 'fd00::/64', gateway: 'fd00::1' }] },
  ];

  const plan = planned({ group: { ...one, networks: [{ name: 'six' }] }, networks });

  assert.deepEqual(plan.networks[0]?.settings, {
    type: 'manual',
    ip: 'fd00::2',
    netmask: 'ffff:ffff:ffff:ffff::',
    cloud_properties: {},
    default: ['dns', 'gateway'],
    gateway: 'fd00::1',
  });
});

test('a changed network needs a new VM', () => {
  const plan = planned({
    group: { ...one, networks: [{ name: 'default', static_ips: ['10.10.0.50'] }] },
    snapshot: { instances: [anInstance({ spec: aStoredSpec({ jobs: [] }) })] },
  });

  assert.deepEqual(plan.changes, [
    { kind: 'network', reason: "network 'default' changes: ip 10.10.0.10 → 10.10.0.50", needsNewVm: true },
  ]);
});

function addressAfter(network: Properties) {
  return planned({ group: one, networks: [aNetwork(network)], snapshot: { instances: [anInstance()] } }).networks[0];
}

interface Scenario {
  readonly group: Properties;
  readonly networks?: readonly Properties[];
  readonly snapshot?: Partial<Snapshot>;
}

function planned({ group, networks = [aNetwork()], snapshot = {} }: Scenario) {
  const plan = planDeployment(
    aRequest({
      manifest: aManifest({ instance_groups: [aGroup({ jobs: [], ...group })] }),
      cloudConfigs: [aCloudConfig({ networks })],
      snapshot: aSnapshot(snapshot),
    }),
  );
  const instance = plan.groups[0]?.instances[0];
  assert.ok(instance !== undefined);
  return instance;
}
