import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aCloudConfig, aNetwork } from '../plan-request.test-builders.ts';
import { parseCloudConfigs } from './cloud-config.ts';

type Properties = Readonly<Record<string, unknown>>;

const rules = { ignoreMissingGateway: false, cpis: null };
const subnet = { azs: ['z1'], range: '10.0.0.0/24', gateway: '10.0.0.1' };

const wrong: readonly (readonly [string, Properties, number])[] = [
  ['no networks', { networks: [] }, 190008],
  ['an AZ twice', { azs: [{ name: 'z1' }, { name: 'z1' }] }, 190017],
  ['a VM type twice', { vm_types: [{ name: 'small' }, { name: 'small' }] }, 190004],
  ['an extension twice', { vm_extensions: [{ name: 'e' }, { name: 'e' }] }, 190005],
  ['a disk type twice', { disk_types: [disk(1), disk(1)] }, 190013],
  ['a disk of negative size', { disk_types: [disk(-1)] }, 200001],
  ['networks that DNS cannot tell apart', { networks: [aNetwork(), aNetwork({ name: 'Default' })] }, 190007],
  ['an unknown network type', { networks: [aNetwork({ type: 'magic' })] }, 190010],
  ['no compilation block', { compilation: undefined }, 40001],
  ['no workers', { compilation: compilation({ workers: 0 }) }, 40002],
  ['compilation on an unknown network', { compilation: compilation({ network: 'x' }) }, 120001],
  ['compilation in an unknown AZ', { compilation: compilation({ az: 'z9' }) }, 120002],
  ['compilation without the AZ it needs', { compilation: compilation({ az: undefined }) }, 120002],
  ['compilation on an unknown VM type', { compilation: compilation({ vm_type: 'x' }) }, 120003],
  ['compilation with an unknown extension', { compilation: compilation({ vm_extensions: ['x'] }) }, 120005],
  ['compilation with two kinds of VM', { compilation: compilation({ cloud_properties: {} }) }, 120007],
  ['a range that is none', withSubnet({ range: '10.0.0.0' }), 160002],
  ['a range of one address', withSubnet({ range: '10.0.0.0/32' }), 160002],
  ['no gateway', withSubnet({ gateway: undefined }), 40001],
  ['a gateway outside', withSubnet({ gateway: '10.1.0.1' }), 160003],
  ['a gateway on the first address', withSubnet({ gateway: '10.0.0.0' }), 160003],
  ['a gateway on the last address', withSubnet({ gateway: '10.0.0.255' }), 160003],
  ['DNS that is no address', withSubnet({ dns: ['x'] }), 160004],
  ['reserved outside', withSubnet({ reserved: ['10.1.0.1'] }), 160005],
  ['static outside', withSubnet({ static: ['10.1.0.1'] }), 160006],
  ['static among the reserved', withSubnet({ reserved: ['10.0.0.5-10.0.0.9'], static: ['10.0.0.9'] }), 160006],
  ['a range written backwards', withSubnet({ reserved: ['10.0.0.9-10.0.0.5'] }), 160010],
  ['az and azs', withSubnet({ az: 'z1' }), 160008],
  ['a subnet in an unknown AZ', withSubnet({ azs: ['z9'] }), 160007],
  ['a prefix wider than the range', withSubnet({ prefix: 16 }), 16013],
  ['overlapping subnets', { networks: [aNetwork({ subnets: [subnet, subnet] })] }, 160001],
  ['a dynamic network with an AZ', { networks: [aNetwork({ type: 'dynamic', az: 'z1' })] }, 160008],
  ['DNS beside subnets', { networks: [{ name: 'd', type: 'dynamic', subnets: [], dns: [] }] }, 160008],
];

for (const [fault, overrides, errorCode] of wrong) {
  test(`cloud config error ${errorCode}: ${fault}`, () => {
    assert.throws(() => parseCloudConfigs([aCloudConfig(overrides)], rules), { errorCode });
  });
}

test('several cloud configs count as one', () => {
  const { networks, ...rest } = aCloudConfig() as { networks: unknown };

  const cloud = parseCloudConfigs([rest, { networks, vm_types: [{ name: 'large' }] }], rules);

  assert.deepEqual([[...cloud.vmTypes.keys()], [...cloud.networks.keys()]], [['small', 'large'], ['default']]);
  assert.throws(() => parseCloudConfigs([aCloudConfig(), { compilation: {} }], rules), { errorCode: 570000 });
});

test('with a CPI config every AZ names one of its CPIs', () => {
  assert.throws(() => parseCloudConfigs([aCloudConfig()], { ...rules, cpis: ['east'] }), { errorCode: 550001 });
});

test('a subnet keeps back its ends, its gateway and what is reserved', () => {
  const cloud = parseCloudConfigs([aCloudConfig(withSubnet({ reserved: ['10.0.0.8/30'] }))], rules);

  const network = cloud.networks.get('default');
  assert.ok(network?.type === 'manual');
  assert.deepEqual(
    network.subnets[0]?.restricted.map(({ first, last }) => [first - 0x0a000000n, last - 0x0a000000n]),
    [
      [0n, 0n],
      [255n, 255n],
      [1n, 1n],
      [8n, 11n],
    ],
  );
});

function withSubnet(overrides: Properties): Properties {
  return { networks: [aNetwork({ subnets: [{ ...subnet, ...overrides }] })] };
}

function compilation(overrides: Properties): Properties {
  return { workers: 1, az: 'z1', vm_type: 'small', network: 'default', ...overrides };
}

function disk(size: number): Properties {
  return { name: 'd', disk_size: size };
}
