import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import { dumpYamlValue } from './dump-yaml.ts';
import { readWithLibrary } from './load-yaml.ts';
import { readSimpleYaml, type SimpleOptions } from './read-simple-yaml.ts';

const simple = [
  'a: 1\nb:\n- x\n- y: ~\n  z: "q: #"\n',
  "# comment\n---\n- type: replace\n  path: /a/b=c?/-\n  value: {a: [1, 'it''s'], b: ((x))}\n",
  'a: |\n  text\n\n   more\nb: |-\n  end\nc: &one {d: 1}\ne: *one # same\n',
  '- - 1\n  - - 2\n-\n  a:\n  - b\n',
  'a: |\n  no line break at the end',
];

test('what nearly every manifest is made of is read without the library', () => {
  for (const text of simple) assert.notEqual(readSimpleYaml(text), undefined, text);
});

const fragment = fc.constantFrom(
  ...[
    'a: ',
    'b:',
    '- ',
    '-',
    'c: |',
    'd: |-',
    'x',
    '1',
    '~',
    'yes',
    '"q"',
    "'s'",
    '[',
    ']',
    '{',
    '}',
    ', ',
    ': ',
    '&n ',
    '*n',
  ],
  ...[
    ' # c',
    '#',
    '<<: ',
    '? ',
    '!t ',
    '>',
    '---',
    '...',
    '%',
    '\t',
    '\r',
    'é',
    '((v))',
    '1.5',
    'e: [f, {g: h}]',
    'k: -1',
    '=',
    '\\',
  ],
);
const line = fc
  .tuple(fc.nat({ max: 4 }), fc.array(fragment, { maxLength: 4 }))
  .map(([indent, parts]) => ' '.repeat(indent) + parts.join(''));
const brokenLines = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));

const recorded = readFileSync(join(import.meta.dirname, '../../test/fixtures/interpolate.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .flatMap((row) => Object.values((JSON.parse(row) as { files: Record<string, string> }).files));

/** A text that was recorded, with a piece of it replaced. */
const mangled = fc
  .tuple(fc.constantFrom(...recorded), fc.nat({ max: 4000 }), fc.nat({ max: 3 }), fragment)
  .map(([text, at, length, piece]) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + piece + text.slice(from + length);
  });

const options = fc.constantFrom<SimpleOptions>({}, { topKeysAsText: true }, { numbersAsText: true });

test('what is read without the library is what the library reads', () => {
  checkProperty(
    fc.property(fc.oneof(brokenLines, mangled), options, (text, how) => {
      const read = readSimpleYaml(text, how);
      if (read === undefined) return;

      assert.equal(exact(read.value), exact(readWithLibrary(text, how).value), JSON.stringify(text));
    }),
    { numRuns: 3000 },
  );
});

const exact = (value: Parameters<typeof dumpYamlValue>[0]): string => dumpYamlValue(value, { sortKeys: false });
