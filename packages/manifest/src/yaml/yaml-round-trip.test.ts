import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import { dumpYamlValue } from './dump-yaml.ts';
import { parseYaml } from './load-yaml.ts';
import { equalValues, YamlFloat, type YamlValue } from './yaml-value.ts';

// Not U+2028 and U+2029: go-yaml writes them as line breaks, which readers of YAML 1.2 do not take for such.
// Not `<<`: as a key it merges.
const text = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('a', ' ', '\n', ':', '#', '-', '"', "'", '\t', '1', '~', 'y', '.', '((', '\\') }),
  )
  .filter((value) => !/[\u2028\u2029]|^<<$/.test(value));
const scalar: fc.Arbitrary<YamlValue> = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  // Not -0: go-yaml writes the float as `-0`, and reads that as the integer 0.
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Object.is(value, -0))
    .map((value) => new YamlFloat(value)),
);

const { value: anyValue } = fc.letrec<{ value: YamlValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(text, tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
}));

test('what is written is read again as the same value', () => {
  checkProperty(
    fc.property(anyValue, (value) => {
      const written = dumpYamlValue(value);

      assert.ok(equalValues(normal(parseYaml(written).value), normal(value)), written);
    }),
    { numRuns: 500 },
  );
});

test('writing what was read changes nothing more', () => {
  checkProperty(
    fc.property(anyValue, (value) => {
      const written = dumpYamlValue(value);

      assert.equal(dumpYamlValue(parseYaml(written).value), written);
    }),
    { numRuns: 500 },
  );
});

test('no text makes the reader fail in a way of its own', () => {
  checkProperty(
    fc.property(text, (given) => {
      try {
        parseYaml(given);
      } catch (error) {
        assert.equal((error as Error).name, 'YamlInvalid');
      }
    }),
    { numRuns: 500 },
  );
});

/** Floats without fraction are written as integers: `1.0` as `1`. */
function normal(value: YamlValue): YamlValue {
  if (value instanceof YamlFloat && Number.isSafeInteger(value.value)) return value.value + 0;
  if (Array.isArray(value)) return value.map(normal);
  return value instanceof Map ? new Map([...value].map(([key, item]) => [key, normal(item)])) : value;
}
