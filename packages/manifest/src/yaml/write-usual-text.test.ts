import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import { type Context, scalarText, writeScalar } from './write-scalar.ts';
import { writeUsualText } from './write-usual-text.ts';
import { YamlWriter } from './yaml-writer.ts';

const words = fc.constantFrom(
  'a',
  'word ',
  ' ',
  ': ',
  '#',
  '\n',
  '-',
  '- ',
  '0',
  'é',
  '"',
  "'",
  '\t',
  '---',
  '((x))',
  '...',
  'x'.repeat(40),
);
const text = fc.oneof(
  fc.array(words, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
);
const contexts: readonly Context[] = [
  { isInMap: false, isSimpleKey: false },
  { isInMap: true, isSimpleKey: false },
  { isInMap: true, isSimpleKey: true },
];

/** What a list in a map holds: the writer is somewhere, and goes on afterwards. */
function written(write: (writer: YamlWriter) => boolean, depth: number): string | undefined {
  const writer = new YamlWriter();
  let isDone = false;
  const go = (left: number): void => {
    if (left === 0) isDone = write(writer);
    else {
      writer.deeper(() => {
        writer.newLine();
        writer.indicator('-', { needsBlank: true, isIndentation: true });
        go(left - 1);
        writer.newLine();
        writer.indicator('-', { needsBlank: true, isIndentation: true });
      });
    }
  };
  go(depth);
  writer.newLine();
  return isDone ? writer.text() : undefined;
}

test('the short way of writing text gives the same as the long one', () => {
  let usual = 0;
  checkProperty(
    fc.property(text, fc.constantFrom(...contexts), fc.nat({ max: 2 }), (given, context, depth) => {
      const short = written((writer) => writeUsualText(writer, given, context), depth);
      if (short === undefined) return;
      usual += 1;

      const long = written((writer) => {
        writeScalar(writer, scalarText(given), context);
        return true;
      }, depth);

      assert.equal(short, long, JSON.stringify(given));
    }),
    { numRuns: 2000 },
  );
  assert.ok(usual > 200, `only ${usual} texts were usual`);
});
