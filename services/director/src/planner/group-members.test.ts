import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
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
} from './plan-request.test-builders.ts';
import type { InstanceSnapshot } from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

test('static IPs decide about AZs, and who has one keeps it', () => {
  const holder = anInstance({
    uuid: 'b',
    index: 1,
    az: 'z2',
    bootstrap: false,
    addresses: [anAddress('10.10.1.50', 'b')],
  });

  const members = membersOf(
    { instances: 3, networks: [{ name: 'default', static_ips: ['10.10.0.50', '10.10.1.50', '10.10.1.51'] }] },
    [holder],
  );

  assert.deepEqual(
    members.toSorted((a, b) => a.index - b.index).map(({ uuid, az, address }) => [uuid, az, address]),
    [
      ['new-0', 'z1', '10.10.0.50'],
      ['b', 'z2', '10.10.1.50'],
      ['new-1', 'z2', '10.10.1.51'],
    ],
  );
});

test('an instance whose IP is no longer listed stays in its AZ with another one', () => {
  const members = membersOf(
    { instances: 1, azs: ['z1'], networks: [{ name: 'default', static_ips: ['10.10.0.51'] }] },
    [anInstance({ addresses: [anAddress('10.10.0.50', 'uuid-0')] })],
  );

  assert.deepEqual(members, [{ uuid: 'uuid-0', index: 0, az: 'z1', address: '10.10.0.51' }]);
});

test('IPs that serve several AZs even them out', () => {
  const shared = { azs: ['z1', 'z2'], range: '10.10.0.0/24', gateway: '10.10.0.1', static: ['10.10.0.50-10.10.0.60'] };
  const members = membersOf(
    { instances: 4, networks: [{ name: 'default', static_ips: ['10.10.0.50-10.10.0.53'] }] },
    [],
    [aNetwork({ subnets: [shared] })],
  );

  assert.deepEqual(members.map(({ az }) => az).toSorted(), ['z1', 'z1', 'z2', 'z2']);
});

test('every instance gets a static IP of its own AZ, each IP once', () => {
  checkProperty(
    fc.property(
      fc.nat({ max: 5 }),
      fc.nat({ max: 5 }),
      fc.array(fc.nat({ max: 5 }), { maxLength: 4 }),
      (one, two, held) => {
        const ips = [...range('10.10.0.5', one), ...range('10.10.1.5', two)];
        const existing = [...new Set(held)].map((host, index) =>
          anInstance({ uuid: `old-${host}`, index, addresses: [anAddress(`10.10.0.5${host}`, `old-${host}`)] }),
        );

        const members = membersOf(
          { instances: ips.length, networks: [{ name: 'default', static_ips: ips }] },
          existing,
        );

        assert.deepEqual(members.map(({ address }) => address).toSorted(), ips.toSorted());
        assert.ok(members.every(({ az, address }) => az === (address?.startsWith('10.10.0') ? 'z1' : 'z2')));
        for (const { uuid, addresses } of existing.filter(({ addresses: [first] }) =>
          ips.includes(first?.address ?? ''),
        )) {
          assert.equal(members.find((member) => member.uuid === uuid)?.address, addresses[0]?.address);
        }
      },
    ),
  );
});

test('a group takes over the instances of those it migrates from', () => {
  const old = anInstance({ group: 'old', az: null });

  const adopted = membersOf({ instances: 2, migrated_from: [{ name: 'old', az: 'z2' }] }, [old]);

  assert.deepEqual(
    adopted.map(({ uuid, az, index }) => [uuid, az, index]),
    [
      ['uuid-0', 'z2', 0],
      ['new-0', 'z1', 1],
    ],
  );
  assert.throws(() => membersOf({ migrated_from: [{ name: 'old' }] }, [old]), { errorCode: 190018 });
});

test('a source of migration has one target and is gone itself', () => {
  const plan =
    (...groups: readonly Properties[]) =>
    () =>
      planDeployment(aRequest({ manifest: aManifest({ instance_groups: groups }) }));
  const from = { migrated_from: [{ name: 'old' }] };

  assert.throws(plan(aGroup(from), aGroup({ name: 'two', ...from })), { errorCode: 190018 });
  assert.throws(plan(aGroup(from), aGroup({ name: 'old' })), { errorCode: 190018 });
});

function membersOf(
  group: Properties,
  instances: readonly InstanceSnapshot[],
  networks: readonly Properties[] = [aNetwork()],
) {
  const plan = planDeployment(
    aRequest({
      manifest: aManifest({ instance_groups: [aGroup({ jobs: [], ...group })] }),
      cloudConfigs: [aCloudConfig({ networks })],
      snapshot: aSnapshot({ instances }),
    }),
  );
  return (plan.groups[0]?.instances ?? []).map(({ uuid, index, az, networks: [network] }) => ({
    uuid,
    index,
    az,
    address: network?.address,
  }));
}

function range(start: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, step) => `${start}${step}`);
}
