import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOpsFile } from '../ops/ops-file.ts';
import { interpolateTemplate, VariablesMismatch } from './interpolate-template.ts';

const template = { file: 'm.yml', text: 'a: ((one))\nb:\n- x\n- "((two.part)) and ((one))"\n((three)): 1\n' };

async function missingOf(ops: string | undefined): Promise<string> {
  const files = ops === undefined ? [] : [parseOpsFile(ops, 'o.yml')];
  try {
    await interpolateTemplate({ template, ops: files, varErrs: true });
  } catch (error) {
    assert.ok(error instanceof VariablesMismatch);
    return error.message;
  }
  throw new Error('nothing is missing');
}

test('every missing variable is named, with each place where it is used', async () => {
  assert.equal(
    await missingOf(undefined),
    [
      'Expected to find variables:',
      '  - one, used at m.yml line 1 (/a), m.yml line 4 (/b/1)',
      '  - three, used at m.yml line 5 (/((three)))',
      '  - two, used at m.yml line 4 (/b/1)',
    ].join('\n'),
  );
});

test('what an operation brings in is found in its file', async () => {
  const ops = '- type: replace\n  path: /c?\n  value:\n    d: ((four))\n- {type: remove, path: /b}\n';

  const message = await missingOf(ops);

  assert.match(message, /^ {2}- four, used at o\.yml line 4$/m);
  assert.match(message, /^ {2}- one, used at m\.yml line 1 \(\/a\)$/m);
  assert.doesNotMatch(message, /two/);
});
