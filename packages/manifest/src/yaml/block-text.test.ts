import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml, readWithLibrary } from './load-yaml.ts';

/** A text and what upstream reads in it. */
const endings: readonly (readonly [text: string, value: string])[] = [
  ['a: |\n  one\n  two', 'one\ntwo'],
  ['a: |\n  one\n', 'one\n'],
  ['a: |+\n  one', 'one'],
  ['a: |-\n  one\n', 'one'],
  ['a: >\n  one\n  two', 'one two'],
  ['a: >\n  one\n', 'one\n'],
  ['a: |\n  one\n# comment', 'one\n'],
];

test('block text has a line break at its end only if the file has one there', () => {
  for (const [text, value] of endings) {
    const expected = new Map([['a', value]]);

    assert.deepEqual(parseYaml(text).value, expected, text);
    assert.deepEqual(readWithLibrary(text).value, expected, text);
  }
});
