import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeployment } from './plan-deployment.ts';
import { aGroup, aJob, aManifest, aPackage, aRelease, aRequest, aSnapshot } from './plan-request.test-builders.ts';
import type { CompiledPackage, ReleaseSnapshot } from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

test('a package is compiled once for all groups, after what it depends on', () => {
  const groups = [aGroup(), aGroup({ name: 'db' })];
  const packages = [
    aPackage({ name: 'app', dependencies: ['web', 'lib'] }),
    aPackage({ name: 'web', dependencies: ['lib'] }),
    aPackage({ name: 'lib' }),
  ];

  const plan = planned({ releases: [aRelease({ packages })], manifest: { instance_groups: groups } });

  assert.deepEqual(
    plan.packages.map(({ package: { name }, dependencies, dependencyKey, groups: users }) => [
      name,
      dependencies,
      dependencyKey,
      users,
    ]),
    [
      ['lib', [], '[]', []],
      ['web', [0], '[["lib","lib-v1"]]', []],
      ['app', [1, 0], '[["lib","lib-v1"],["web","web-v1",[["lib","lib-v1"]]]]', ['web', 'db']],
    ],
  );
});

test('the compiled form for this very stemcell is taken', () => {
  const compiled = [form('lib', '1.1', '[]', 3), form('lib', '1.2', '[]', 4), form('app', '1.1', '[]', 5)];

  const plan = planned({ compiled });

  assert.deepEqual(
    plan.packages.map((item) => [item.package.name, item.compiled?.build]),
    [
      ['lib', 3],
      ['app', undefined],
    ],
  );
  assert.equal(plan.compilation.vms.length, 1);
});

test('without source the newest form of the same major version will do', () => {
  const packages = [aPackage({ name: 'app', blobstoreId: null, sha1: null })];
  const compiled = [form('app', '1.3', '[]', 3), form('app', '1.12', '[]', 12), form('app', '2.1', '[]', 2)];

  const plan = planned({ releases: [aRelease({ packages })], compiled });

  assert.equal(plan.packages[0]?.compiled?.build, 12);
});

test('all packages without source and without a fitting form are named', () => {
  const packages = [
    aPackage({ name: 'app', dependencies: ['lib'], blobstoreId: null }),
    aPackage({ name: 'lib', blobstoreId: null }),
  ];

  assert.throws(
    () => planned({ releases: [aRelease({ packages })] }),
    (error: Error & { errorCode?: number }) =>
      error.errorCode === 60001 && error.message.includes('app/app-v1') && error.message.includes('lib/lib-v1'),
  );
});

test('two releases may share a package name only when they mean the same package', () => {
  const other = (version: string): ReleaseSnapshot =>
    aRelease({
      name: 'other',
      jobs: [aJob({ name: 'second', packageNames: ['app'] })],
      packages: [
        aPackage({ name: 'app', id: 99, fingerprint: version, dependencies: ['lib'] }),
        aPackage({ name: 'lib' }),
      ],
    });
  const jobs = [
    { name: 'server', release: 'golden' },
    { name: 'second', release: 'other' },
  ];
  const manifest = {
    releases: [
      { name: 'golden', version: '1' },
      { name: 'other', version: '1' },
    ],
    instance_groups: [aGroup({ jobs })],
  };

  assert.throws(() => planned({ releases: [aRelease(), other('app-v2')], manifest }), { errorCode: 80011 });
  assert.doesNotThrow(() => planned({ releases: [aRelease(), other('app-v1')], manifest }));
});

test('a release pinned by exported_from brings its compiled forms or fails', () => {
  const manifest = (os: string, version: string) => ({
    releases: [{ name: 'golden', version: '1', exported_from: [{ os, version }] }],
  });
  const compiled = [form('lib', '0.9', '[]', 1), form('app', '0.9', '[["lib","lib-v1"]]', 2)];

  const plan = planned({ compiled, manifest: manifest('debian-bookworm', '0.9') });

  assert.deepEqual(
    plan.packages.map((item) => item.compiled?.build),
    [1, 2],
  );
  assert.throws(() => planned({ compiled, manifest: manifest('debian-bookworm', '1.1') }), { errorCode: 60003 });
  assert.throws(() => planned({ compiled, manifest: manifest('ubuntu-noble', '1.1') }), { errorCode: 80015 });
});

interface Scenario {
  readonly releases?: readonly ReleaseSnapshot[];
  readonly compiled?: readonly CompiledPackage[];
  readonly manifest?: Properties;
}

function planned({ releases = [aRelease()], compiled = [], manifest = {} }: Scenario) {
  const snapshot = aSnapshot({ releases, compiledPackages: compiled });
  return planDeployment(aRequest({ snapshot, manifest: aManifest(manifest) }));
}

function form(name: string, stemcellVersion: string, dependencyKey: string, build: number): CompiledPackage {
  return {
    packageId: aPackage({ name }).id,
    stemcellOs: 'debian-bookworm',
    stemcellVersion,
    dependencyKey,
    build,
    blobstoreId: `${name}-compiled`,
    sha1: 'sha1',
  };
}
