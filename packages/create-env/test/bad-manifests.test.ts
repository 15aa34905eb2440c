import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { isThere } from '@boti/core';
import { healthyCpi } from './cpi-answers.ts';
import { failureOf } from './failure-text.ts';
import { aManifest, openScene } from './scene.ts';

const scene = await openScene();
after(() => scene[Symbol.asyncDispose]());
beforeEach(() => scene.cpi.script(healthyCpi()));

/** One thing in the manifest that is wrong, and what the error must name. */
interface Flaw {
  readonly what: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly names: readonly string[];
}

const dep = '{name: dep, url: "file://dep.tgz"}';
const place = 'networks: [{name: private, static_ips: [10.0.0.5]}]';
const template = 'template: {name: cpi, release: tiny-cpi}';

/** Those of the recordings of upstream's CLI, and a few that it lets pass. */
const flaws: readonly Flaw[] = [
  { what: 'no name', from: 'name: tiny\n', to: '', names: ['name is missing'] },
  { what: 'nothing in it', from: /[\s\S]*/, to: '', names: ['at least one release'] },
  { what: 'no YAML', from: /[\s\S]*/, to: 'a: [\n', names: ['m.yml'] },
  {
    what: 'a wrong digest of a release',
    from: dep,
    to: `{name: dep, url: "file://dep.tgz", sha1: ${'a'.repeat(40)}}`,
    names: ["release 'dep'", 'aaaa', 'dep.tgz'],
  },
  { what: 'a release file that is missing', from: dep, to: '{name: dep, url: "file://nope.tgz"}', names: ['nope.tgz'] },
  { what: 'a release without URL', from: dep, to: '{name: dep}', names: ['releases[1].url'] },
  { what: 'a release without name', from: dep, to: '{url: "file://dep.tgz"}', names: ['releases[1].name'] },
  {
    what: 'a URL of an unknown kind',
    from: dep,
    to: '{name: dep, url: "ftp://dep.tgz"}',
    names: ['releases[1].url', 'ftp://'],
  },
  {
    what: 'an HTTP URL without digest',
    from: dep,
    to: '{name: dep, url: "http://127.0.0.1:9/dep.tgz"}',
    names: ['releases[1].sha1'],
  },
  {
    what: 'a server that is down',
    from: dep,
    to: `{name: dep, url: "http://me:secret@127.0.0.1:9/dep.tgz", sha1: ${'0'.repeat(40)}}`,
    names: ["release 'dep'", '127.0.0.1:9'],
  },
  {
    what: 'two releases with one name',
    from: dep,
    to: '{name: tiny-cpi, url: "file://dep.tgz"}',
    names: ["releases[1].name 'tiny-cpi'", 'unique'],
  },
  {
    what: 'another name in the tarball',
    from: dep,
    to: '{name: depx, url: "file://dep.tgz"}',
    names: ["'depx'", "'dep'"],
  },
  {
    what: 'another version in the tarball',
    from: dep,
    to: '{name: dep, version: "7", url: "file://dep.tgz"}',
    names: ["'dep'", "'7'", "'1'"],
  },
  {
    what: 'an unknown job',
    from: '{name: web, release: dep}',
    to: '{name: webx, release: dep}',
    names: ["'dep'", "'webx'"],
  },
  {
    what: "a job's unknown release",
    from: '{name: web, release: dep}',
    to: '{name: web, release: depx}',
    names: ["jobs[0].release 'depx'"],
  },
  {
    what: 'an unknown CPI job',
    from: template,
    to: 'template: {name: cpix, release: tiny-cpi}',
    names: ["'tiny-cpi'", "'cpix'"],
  },
  { what: 'no CPI job', from: `${template}\n`, to: '\n', names: ['cloud_provider.template'] },
  {
    what: 'a CPI job without executable',
    from: template,
    to: 'template: {name: web, release: dep}',
    names: ["'web'", "'dep'", 'bin/cpi'],
  },
  { what: 'no mbus', from: / {2}mbus: https:.*\n/, to: '', names: ['cloud_provider.mbus'] },
  { what: 'a CA that is none', from: /ca: \|\n(?: {6}.*\n)+/, to: 'ca: nonsense\n', names: ['cloud_provider.cert.ca'] },
  { what: 'two instances', from: 'instances: 1', to: 'instances: 2', names: ["'bosh'", 'only one instance'] },
  {
    what: 'two groups',
    from: 'cloud_provider:',
    to: '- {name: x, instances: 1, resource_pool: vms, networks: [{name: private, static_ips: [10.0.0.6]}]}\ncloud_provider:',
    names: ['exactly one group'],
  },
  { what: 'no group', from: /instance_groups:[\s\S]*(?=cloud_provider)/, to: '', names: ['exactly one group'] },
  { what: 'an unknown resource pool', from: 'resource_pool: vms', to: 'resource_pool: x', names: ['.resource_pool'] },
  {
    what: 'an unknown disk pool',
    from: 'persistent_disk_pool: disks',
    to: 'persistent_disk_pool: x',
    names: ['.persistent_disk_pool'],
  },
  { what: 'a disk of no size', from: 'disk_size: 1024', to: 'disk_size: 0', names: ['disk_pools[0].disk_size'] },
  {
    what: 'an unknown network',
    from: place,
    to: 'networks: [{name: x, static_ips: [10.0.0.5]}]',
    names: ['networks[0]', 'not found'],
  },
  { what: 'an address out of range', from: '[10.0.0.5]', to: '[10.9.0.5]', names: ["'10.9.0.5'", 'range'] },
  { what: 'the address of the gateway', from: '[10.0.0.5]', to: '[10.0.0.1]', names: ["'10.0.0.1'", 'gateway'] },
  { what: 'a manual network without address', from: '[10.0.0.5]', to: '[]', names: ['static_ips'] },
  { what: 'a range that is none', from: '10.0.0.0/24', to: '10.0.0/24', names: ['networks[0].subnets[0].range'] },
  {
    what: 'a gateway out of range',
    from: 'gateway: 10.0.0.1',
    to: 'gateway: 10.1.0.1',
    names: ["gateway '10.1.0.1'", '10.0.0.0/24'],
  },
  {
    what: 'two subnets',
    from: '    gateway: 10.0.0.1\n',
    to: '    gateway: 10.0.0.1\n  - {range: 10.1.0.0/24, gateway: 10.1.0.1}\n',
    names: ['networks[0].subnets'],
  },
  {
    what: 'an unknown type of network',
    from: 'type: manual',
    to: 'type: weird',
    names: ['networks[0].type', 'manual'],
  },
  {
    what: 'a watch time that is none',
    from: 'cloud_provider:',
    to: 'update: {update_watch_time: abc}\ncloud_provider:',
    names: ["'abc'"],
  },
  {
    what: 'a watch time that ends before it begins',
    from: 'cloud_provider:',
    to: 'update: {update_watch_time: 500-100}\ncloud_provider:',
    names: ["'500-100'"],
  },
  {
    what: 'an errand',
    from: '  instances: 1',
    to: '  instances: 1\n  lifecycle: errand',
    names: ['lifecycle', "'errand'"],
  },
  {
    what: 'a stemcell without URL',
    from: /stemcell: \{.*\}/,
    to: 'stemcell: {}',
    names: ['resource_pools[0].stemcell.url'],
  },
  { what: 'a release in place of the stemcell', from: 'sc1.tgz', to: 'dep.tgz', names: ['dep.tgz', 'stemcell.MF'] },
];

for (const { what, from, to, names } of flaws) {
  test(`${what}: told before anything is done`, async () => {
    const manifest = aManifest(scene).replace(from, to);
    assert.notEqual(manifest, aManifest(scene));

    const message = await failureOf(() => scene.run({ args: ['create-env'], manifest }));

    for (const name of names) assert.ok(message.includes(name), `'${name}' in: ${message}`);
    assert.doesNotMatch(message, /secret/);
    assert.deepEqual(await scene.cpi.requests(), []);
    assert.ok(await isThere(scene.statePath));
  });
}
