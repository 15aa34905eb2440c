import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import type { DeploymentPlan, InstancePlan } from './plan.ts';
import { planDeployment } from './plan-deployment.ts';
import {
  aCloudConfig,
  aGroup,
  aManifest,
  anAddress,
  aRequest,
  aSnapshot,
  aStoredSpec,
  aVm,
} from './plan-request.test-builders.ts';
import type { InstanceSnapshot } from './snapshot.ts';

// A group has a disk for good or never: where one is taken away, instances may move only afterwards, by the next deploy.
const someGroup = fc
  .record({
    name: fc.constantFrom('web', 'db', 'cache'),
    instances: fc.nat({ max: 6 }),
    azs: fc.constantFrom(['z1'], ['z2'], ['z1', 'z2']),
    persistent_disk: fc.constantFrom(10, 20),
    env: fc.constantFrom({}, { bosh: { swap_size: 0 } }),
    tags: fc.constantFrom({}, { owner: 'x' }),
  })
  .map((group) => (group.name === 'web' ? { ...group, persistent_disk: 0 } : group));

const someManifest = fc
  .uniqueArray(someGroup, { selector: ({ name }) => name, minLength: 1 })
  .map((groups) => aManifest({ instance_groups: groups.map(aGroup) }));

const history = fc.array(someManifest, { minLength: 1, maxLength: 4 });

test('whatever was deployed before, a deploy leaves nothing for the next one to do', () => {
  checkProperty(
    fc.property(history, (manifests) => {
      const instances = manifests.reduce<readonly InstanceSnapshot[]>((before, manifest, round) => {
        return deployed(plan(manifest, before, `r${round}-`));
      }, []);

      const again = plan(manifests.at(-1) ?? {}, instances, 'again-');

      const all = again.groups.flatMap((group) => group.instances);
      assert.deepEqual(
        all.flatMap(({ changes }) => changes),
        [],
      );
      assert.deepEqual([again.obsolete, again.groups.flatMap((group) => group.obsolete)], [[], []]);
    }),
  );
});

test('no two instances ever share an address', () => {
  checkProperty(
    fc.property(history, (manifests) => {
      let instances: readonly InstanceSnapshot[] = [];
      for (const [round, manifest] of manifests.entries()) {
        const made = plan(manifest, instances, `r${round}-`);
        const planned = made.groups.flatMap((group) => group.instances).flatMap(({ networks }) => networks);
        const workers = made.compilation.vms.flatMap(({ networks }) => networks);
        const addresses = [...planned, ...workers].map(({ address }) => address);
        assert.equal(new Set(addresses).size, addresses.length);
        instances = deployed(made);
      }
    }),
  );
});

test('an instance with a disk survives whatever does not take away its AZ or its place', () => {
  checkProperty(
    fc.property(someManifest, someManifest, (first, second) => {
      const before = deployed(plan(first, [], 'a-'));
      const made = plan(second, before, 'b-');

      for (const group of made.groups) {
        const lost = group.obsolete.filter(({ existing }) => existing?.disks.length !== 0);
        const azs = new Set(group.instances.map(({ az }) => az));
        const kept = group.instances.filter(({ existing }) => existing !== null && existing.disks.length > 0);
        assert.ok(lost.every(({ az }) => !azs.has(az)) || kept.length === group.instances.length);
      }
    }),
  );
});

function plan(manifest: Readonly<Record<string, unknown>>, instances: readonly InstanceSnapshot[], prefix: string) {
  let made = 0;
  return planDeployment(
    aRequest({
      manifest,
      cloudConfigs: [aCloudConfig()],
      snapshot: aSnapshot({ instances }),
      newUuid: () => `${prefix}${made++}`,
    }),
  );
}

/** The world after a deploy that did all it planned. */
function deployed(made: DeploymentPlan): readonly InstanceSnapshot[] {
  return made.groups.flatMap((group) =>
    group.instances.map((instance) => ({
      ...instance,
      id: 1,
      ignore: false,
      updateCompleted: true,
      vm: aVm({ env: instance.env, cloudProperties: instance.cloudProperties }),
      disks: disksOf(instance),
      addresses: instance.networks.flatMap(({ address }) =>
        address === null ? [] : anAddress(address, instance.uuid),
      ),
      agent: { responsive: true as const, jobState: 'running' },
      spec: aStoredSpec({
        networks: Object.fromEntries(instance.networks.map(({ name, settings }) => [name, settings])),
        jobs: group.jobs.map(({ name, job, release }) => ({ name, version: job.version, release: release.name })),
        tags: instance.tags,
        vmType: instance.vmType,
      }),
    })),
  );
}

function disksOf({ persistentDisk, uuid }: InstancePlan): InstanceSnapshot['disks'] {
  return persistentDisk === null
    ? []
    : [{ id: 1, cid: `disk-${uuid}`, name: '', active: true, cpi: '', ...persistentDisk }];
}
