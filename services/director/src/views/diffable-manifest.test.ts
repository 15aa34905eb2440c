import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffableManifest } from './diffable-manifest.ts';

const deployment = { name: 'golden', teams: ['dev'] };
const addon = { name: 'motd', jobs: [{ name: 'addon', release: 'extra' }] };

test('cloud configs go over the manifest, their lists one after the other', () => {
  const merged = diffableManifest({
    manifest: { name: 'golden' },
    cloudConfigs: [{ azs: [{ name: 'z1' }] }, { azs: [{ name: 'z2' }], compilation: { workers: 1 } }],
    runtimeConfigs: [],
    deployment,
  });

  assert.deepEqual(merged, { name: 'golden', azs: [{ name: 'z1' }, { name: 'z2' }], compilation: { workers: 1 } });
});

test('a runtime config adds the addons that apply, their releases and its tags', () => {
  const merged = diffableManifest({
    manifest: { name: 'golden', releases: [{ name: 'golden', version: '1' }], tags: { owner: 'me' } },
    cloudConfigs: [],
    runtimeConfigs: [
      {
        releases: [
          { name: 'golden', version: '1' },
          { name: 'extra', version: '2' },
          { name: 'unused', version: '3' },
        ],
        addons: [addon, { ...addon, name: 'elsewhere', include: { deployments: ['other'] } }],
        tags: { owner: 'wire', cost: 'low' },
      },
    ],
    deployment,
  });

  assert.deepEqual(merged, {
    name: 'golden',
    releases: [
      { name: 'golden', version: '1' },
      { name: 'extra', version: '2' },
    ],
    addons: [addon],
    tags: { owner: 'me', cost: 'low' },
  });
});

test('a runtime config without releases is not shown', () => {
  const manifest = { name: 'golden' };
  const runtimeConfigs = [{ tags: { owner: 'wire' } }];

  assert.deepEqual(diffableManifest({ manifest, cloudConfigs: [], runtimeConfigs, deployment }), manifest);
});
