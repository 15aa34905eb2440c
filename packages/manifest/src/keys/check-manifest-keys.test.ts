import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../yaml/load-yaml.ts';
import { checkManifestKeys, manifestKindOf } from './check-manifest-keys.ts';

test('a misspelt key is found with line, column and a suggestion', () => {
  const text = 'name: x\ninstance_groups:\n- name: web\n  instanses: 2\n  jobs:\n  - {name: a, realease: r}\n';

  const unknown = checkManifestKeys(parseYaml(text, { file: 'm.yml' }));

  assert.deepEqual(
    unknown.map(({ message }) => message),
    [
      "m.yml, line 4, column 3: unknown key 'instanses', did you mean 'instances'?",
      "m.yml, line 6, column 15: unknown key 'realease', did you mean 'release'?",
    ],
  );
});

test('properties, cloud properties and env are free', () => {
  const manifest =
    'instance_groups: [{name: a, env: {x: 1}, properties: {y: 1}, jobs: [{name: b, properties: {z: 1}}]}]';
  const cloud = 'vm_types: [{name: a, cloud_properties: {anything: [1]}}]';

  assert.deepEqual(checkManifestKeys(parseYaml(manifest)), []);
  assert.deepEqual(checkManifestKeys(parseYaml(cloud), 'cloud'), []);
});

test('a list without its own key in the text still has a path', () => {
  const [unknown] = checkManifestKeys(parseYaml('networks: [{name: a, subnet: []}]'), 'cloud');

  assert.equal(unknown?.path, '/networks/0/subnet');
  assert.equal(unknown?.suggestion, 'subnets');
});

test('a manifest is known by the keys that only its kind has', () => {
  const kindOf = (text: string): unknown => manifestKindOf(parseYaml(text).value);

  assert.equal(kindOf('instance_groups: []'), 'deployment');
  assert.equal(kindOf('azs: []\nnetworks: []'), 'cloud');
  assert.equal(kindOf('addons: []'), 'runtime');
  assert.equal(kindOf('cpis: []'), 'cpi');
  assert.equal(kindOf('instance_groups: []\ncloud_provider: {}'), undefined);
  assert.equal(kindOf('- type: remove'), undefined);
});

test('a key that stands twice in a map is told with both places', () => {
  const { duplicateKeys, value } = parseYaml('a: {x: 1}\nb: 2\na: 3\nc: {<<: {d: 1}, d: 2}\n');

  assert.deepEqual(duplicateKeys, [{ name: 'a', first: { line: 1, column: 1 }, last: { line: 3, column: 1 } }]);
  assert.equal((value as ReadonlyMap<unknown, unknown>).get('a'), 3);
});
