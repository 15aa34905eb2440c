import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadYaml } from './load-yaml.ts';

/** Text → what upstream's CLI reads in it. */
const dialect: Readonly<Record<string, unknown>> = {
  '[a:, b]': ['a:', 'b'],
  '{http://x:}': { 'http://x:': null },
  '{a:,b: 1}': { 'a:': null, b: 1 },
  '{a: , b: }': { a: null, b: null },
  '{"a":, b: 1}': { a: null, b: 1 },
  '{a:\n}': { a: null },
  '? \n: 1': { null: 1 },
  'a: 1\u00a0\nb: [2\u00a0]': { a: '1\u00a0', b: ['2\u00a0'] },
  'a: |\n  \u00a0\n  x\n': { a: '\u00a0\nx\n' },
};

for (const [text, value] of Object.entries(dialect)) {
  test(`${JSON.stringify(text)} is read as upstream does`, () => assert.deepEqual(loadYaml(text), value));
}
