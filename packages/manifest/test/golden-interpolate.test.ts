import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCases, runInterpolate } from './run-interpolate.ts';

/** Recorded with CLI 7.1.2. Where the answer here differs, on purpose. */
const differences: Readonly<Record<string, string>> = {
  'yaml-key-order': 'holds keys whose natural order is a cycle: upstream leaves it to its sort',
  'yaml-dq-escapes': 'uses the escape \\/, which is YAML 1.2 and harmless; upstream refuses it',
  'var-dotted-int-key': 'newer versions look for integer keys too',
  'var-spaces': 'newer versions allow a space inside the parentheses',
  'var-spaces-errs': 'newer versions allow a space inside the parentheses',
  'var-spaces-unused': 'newer versions allow a space inside the parentheses',
  'var-varsenv-dotted-merge': 'upstream answers this one way or the other by chance; here the parts are merged',
};

const cases = await readCases('interpolate.jsonl');

for (const group of new Set(cases.map((given) => given.group))) {
  describe(`interpolate answers as upstream: ${group}`, () => {
    for (const given of cases.filter((candidate) => candidate.group === group && !(candidate.name in differences))) {
      test(given.name, async () => {
        const { stdout, exit, error } = await runInterpolate(given);

        assert.deepEqual({ stdout, exit }, { stdout: given.exit === 0 ? given.stdout : '\n', exit: given.exit }, error);
      });
    }
  });
}

describe('interpolate differs from upstream 7.1.2 where it says so', () => {
  for (const name of Object.keys(differences)) {
    test(`${name}: ${differences[name]}`, async () => {
      const given = cases.find((candidate) => candidate.name === name);
      assert.ok(given);

      const { stdout, exit } = await runInterpolate(given);

      assert.notDeepEqual({ stdout, exit }, { stdout: given.stdout, exit: given.exit });
    });
  }
});
