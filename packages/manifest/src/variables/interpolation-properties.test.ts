import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAsyncProperty } from '@boti/testkit';
import fc from 'fast-check';
import { dumpYaml, dumpYamlValue } from '../yaml/dump-yaml.ts';
import { parseYaml } from '../yaml/load-yaml.ts';
import type { YamlValue } from '../yaml/yaml-value.ts';
import { interpolateTemplate } from './interpolate-template.ts';
import { placeholdersInValue } from './placeholders-in-value.ts';

const name = fc.constantFrom('one', 'two', 'three-3', 'a_b', 'q/r');
const value = fc.oneof(fc.constantFrom<YamlValue>('text', 'yes', '((one))', 'a\nb\n', ': #'), fc.integer());
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('x', ' ', ': ', '((', '))', '\n'),
      name.map((known) => `((${known}))`),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));

const { node } = fc.letrec<{ node: YamlValue }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(text, tie('node')), { maxLength: 4, selector: ([key]) => key }).map((all) => new Map(all)),
  ),
}));
const variables = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }).map((all) => new Map(all));

const interpolated = async (template: YamlValue, vars: ReadonlyMap<string, YamlValue>): Promise<YamlValue> =>
  (await interpolateTemplate({ template: { text: dumpYamlValue(template), file: 'm.yml' }, vars })).value;

test('without variables a manifest comes out as it went in', async () => {
  await checkAsyncProperty(
    fc.asyncProperty(node, async (template) => {
      const written = dumpYamlValue(template);

      const { text: result } = await interpolateTemplate({ template: { text: written, file: 'm.yml' } });

      assert.equal(result, dumpYamlValue(parseYaml(written).value));
    }),
  );
});

test('what has a value is filled in, what has none stays, and values are not looked through', async () => {
  await checkAsyncProperty(
    fc.asyncProperty(node, variables, async (template, vars) => {
      const plain = new Map<string, YamlValue>([...vars].filter(([, item]) => item !== '((one))'));
      const result = await interpolated(template, plain);

      const left = placeholdersInValue(result);

      assert.ok(
        left.every((found) => !plain.has(found)),
        `left: ${left.join(' ')}`,
      );
      assert.deepEqual(await interpolated(result, plain), result);
    }),
  );
});

test('a whole placeholder takes any value with its type', async () => {
  await checkAsyncProperty(
    fc.asyncProperty(node, async (any) => {
      const result = await interpolated(new Map([['a', '((v))']]), new Map([['v', any]]));

      assert.equal(dumpYamlValue(result), dumpYaml(new Map([['a', any]])));
    }),
  );
});
