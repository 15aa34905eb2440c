import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from './plan-deployment.ts';
import {
  aGroup,
  aJob,
  aManifest,
  anInstance,
  aRelease,
  aRequest,
  aSnapshot,
  aStemcell,
} from './plan-request.test-builders.ts';

type Properties = Readonly<Record<string, unknown>>;

const warningsOf = (manifest: Properties, snapshot = aSnapshot()): readonly string[] =>
  planDeployment(aRequest({ manifest: aManifest(manifest), snapshot })).warnings;

test('names that no server resolves are warned of', () => {
  const [warning, ...others] = warningsOf({ features: { use_dns_addresses: true } });

  assert.match(warning ?? '', /serves no DNS.*'use_dns_addresses'/);
  assert.deepEqual(others, []);
  assert.match(warningsOf({ features: { use_link_dns_names: true } })[0] ?? '', /'use_link_dns_names'/);
  assert.deepEqual(warningsOf({ features: { use_dns_addresses: false } }), []);
});

test('so are those that a single link asks for', () => {
  const link = { name: 'peers', type: 'peers' };
  const spec = { name: 'server', templates: {}, packages: [], properties: {}, provides: [link], consumes: [link] };
  const snapshot = aSnapshot({ releases: [aRelease({ jobs: [aJob({ name: 'server', spec })] })] });
  const consuming = (ip_addresses: boolean) => ({
    instance_groups: [
      aGroup({ jobs: [{ name: 'server', release: 'golden', consumes: { peers: { from: 'peers', ip_addresses } } }] }),
    ],
  });

  assert.match(warningsOf(consuming(false), snapshot)[0] ?? '', /'ip_addresses: false' of job 'server' in 'web'/);
  assert.deepEqual(warningsOf(consuming(true), snapshot), []);
});

test('a stemcell of another name that comes in by its operating system is warned of', () => {
  const goAgent = aStemcell({ id: 2, name: 'boti-debian-go_agent', version: '1.2' });
  const snapshot = aSnapshot({ stemcells: [aStemcell(), goAgent], instances: [anInstance()] });
  const latest = (reference: Properties) => ({ stemcells: [{ alias: 'default', version: 'latest', ...reference }] });

  const byOs = warningsOf(latest({ os: 'debian-bookworm' }), snapshot);
  const byName = warningsOf(latest({ name: 'boti-debian' }), snapshot);
  const sameName = warningsOf(
    latest({ os: 'debian-bookworm' }),
    aSnapshot({ stemcells: [aStemcell(), aStemcell({ id: 2, version: '1.2' })], instances: [anInstance()] }),
  );

  assert.match(byOs[0] ?? '', /is 'boti-debian-go_agent\/1.2' now; VMs were made from 'boti-debian'\. Say 'name'/);
  assert.deepEqual([byName, sameName], [[], []]);
});
