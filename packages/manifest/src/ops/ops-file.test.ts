import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../yaml/load-yaml.ts';
import { applyOps, OperationFailed, parseOpsFile } from './ops-file.ts';

const manifest = parseYaml('instance_groups:\n- name: router\n  jobs: [{name: gorouter}]\n').value;

/** The message of the second operation, whose path does not lead anywhere. */
function failureAt(path: string): string {
  const text = `- type: remove\n  path: /nothing?\n# one that fails:\n- type: replace\n  path: ${path}\n  value: 1\n`;
  try {
    applyOps(manifest, [parseOpsFile(text, 'change.yml')]);
  } catch (error) {
    assert.ok(error instanceof OperationFailed);
    return error.message;
  }
  throw new Error(`${path} was found`);
}

test('a failed operation names file, index, line, the nearest path there is, and what was meant', () => {
  assert.equal(
    failureAt('/instance_groups/name=ruoter/jobs'),
    "operation [1] in change.yml (line 4) failed: exactly one item must match '/instance_groups/name=ruoter', but 0 do " +
      "('/instance_groups' exists; found 'router'); did you mean '/instance_groups/name=router'?",
  );
  assert.equal(
    failureAt('/instance_groups/name=router/jobbs/0'),
    "operation [1] in change.yml (line 4) failed: no map key 'jobbs' for path '/instance_groups/name=router/jobbs' " +
      "('/instance_groups/name=router' exists; found 'jobs', 'name'); did you mean '/instance_groups/name=router/jobs'?",
  );
});

test('an index that is too high, and a map where a list must be, say what is there', () => {
  assert.match(failureAt('/instance_groups/3'), /no index '3' in the list of length '1'/);
  assert.match(failureAt('/instance_groups/name=router/0'), /needs a list, but there is a map/);
});

test('an operation that is none is found where it stands', () => {
  assert.throws(() => parseOpsFile('- {type: replace, path: /a, value: 1}\n\n- {type: repalce, path: /a}\n', 'o.yml'), {
    message:
      "operation [1] in o.yml (line 3) failed: unknown type 'repalce', known are replace, remove and test; did you mean 'replace'?",
  });
});
