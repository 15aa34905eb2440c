import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../yaml/load-yaml.ts';
import { checkManifestKeys } from './check-manifest-keys.ts';

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
