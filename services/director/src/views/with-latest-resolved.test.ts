import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withLatestResolved } from './with-latest-resolved.ts';

const uploaded = {
  releases: [
    { release: 'redis', version: '1' },
    { release: 'redis', version: '10' },
    { release: 'other', version: '99' },
  ],
  stemcells: [
    { name: 'bosh-debian', operatingSystem: 'debian', version: '1.2' },
    { name: 'bosh-debian', operatingSystem: 'debian', version: '2.1' },
  ],
};

test('latest becomes the newest version that fits; everything else stays', () => {
  const manifest = {
    name: 'd',
    releases: [
      { name: 'redis', version: 'latest' },
      { name: 'gone', version: 'latest' },
      { name: 'other', version: '5' },
    ],
    stemcells: [
      { alias: 'a', os: 'debian', version: '1.latest' },
      { alias: 'b', name: 'bosh-debian', version: 'latest' },
    ],
  };

  assert.deepEqual(withLatestResolved(manifest, uploaded), {
    name: 'd',
    releases: [
      { name: 'redis', version: '10' },
      { name: 'gone', version: 'latest' },
      { name: 'other', version: '5' },
    ],
    stemcells: [
      { alias: 'a', os: 'debian', version: '1.2' },
      { alias: 'b', name: 'bosh-debian', version: '2.1' },
    ],
  });
});

test('a manifest without releases or stemcells gets none', () => {
  assert.deepEqual(withLatestResolved({ name: 'd', releases: 'x' }, uploaded), { name: 'd', releases: 'x' });
});
