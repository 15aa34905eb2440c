import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from './decode-text.ts';
import { parseYaml, YamlInvalid } from './load-yaml.ts';

const repeat = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

/** What is wrong → the text, and what the message says. Each is told with file, line and column. */
const malformed: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  'tabs as indentation': ['a:\n\tb: 1\n', /line 2, column 1: .*tab/i],
  'an unterminated double quote': ['a: "x\nb: 1\n', /line 3, column 1: Missing closing "/],
  'an unterminated single quote': ["a: 'x\nb: 1\n", /line 3, column 1: Missing closing '/],
  'an unterminated list': ['a: [1, 2\nb: 3\n', /line 2, column 1: Flow sequence/],
  'an unterminated map': ['a: {b: 1\n', /line 2, column 1: .*}/],
  'a map within a line': ['a: b: c\n', /line 1, column 4: Nested mappings/],
  'a deeper line after a value': ['a: 1\n  b: 2\n', /line 1, column 4/],
  'an unknown anchor': ['a: 1\nb: *nope\n', /line 2, column 4: unknown anchor 'nope'/],
  'an anchor within itself': ['a: &a [*a]\n', /line 1, column 8: anchor 'a' value contains itself/],
  'two anchors on one value': ['a: &b &c 1\n', /line 1, column \d+: .*one anchor/],
  'a NUL': ['a: 1\nb: x\0y\n', /line 2, column 5: the character U\+0000/],
  'a control character': ['a: x\u0007\n', /line 1, column 5: the character U\+0007/],
  'half of a surrogate pair': ['a: \ud800\n', /line 1, column 4: the character U\+D800/],
  'a key without end': [`${'x'.repeat(2000)}: 1\n`, /line 1, column 1: .*1024/],
  'a list as a key': ['? [a]\n: 1\n', /line 1, column 3: a map or list cannot be a map key/],
  'a value without key': ['a: 1\n: 2\n', /line 2, column 1: there is no key before ':'/],
  'a value without key in a list of one line': ['a: [: 2]\n', /line 1, column 5: there is no key/],
  'a wrong type': ['a: !!int x\n', /line 1, column \d+: 'x' is not a !!int/],
  'text after a quoted one': ['a: "b" c\n', /line 1, column \d+: Unexpected/],
  'ten to the tenth laughs': [
    `a: &a [${'x, '.repeat(10)}]\n${repeat(10, (n) => {
      const [before, name] = ['abcdefghijk'[n], 'abcdefghijk'[n + 1]];
      return `${name}: &${name} [${`*${before}, `.repeat(10)}]\n`;
    })}`,
    /line \d+, column \d+: .*excessive aliasing/,
  ],
  'laughs that merge': [
    repeat(30, (n) => `k${n}: &k${n} {<<: [${n ? `*k${n - 1}, *k${n - 1}` : ''}], a: 1}\n`),
    /aliasing/,
  ],
  'lists in lists in lists': ['['.repeat(100_000), /line 1, column \d+: .*nested too deeply: more than 500 levels/],
  'maps in maps in maps': [repeat(3000, (n) => `${' '.repeat(n)}a:\n`), /nested too deeply/],
  'items in items in items': [`${'- '.repeat(50_000)}x`, /nested too deeply/],
  'a long chain of aliases': [
    `k0: &k0 [x]\n${repeat(2000, (n) => `k${n + 1}: &k${n + 1} [*k${n}]\n`)}`,
    /nested too deeply/,
  ],
};

for (const [what, [text, message]] of Object.entries(malformed)) {
  test(`${what}: refused with its place`, () => {
    assert.throws(
      () => parseYaml(text, { file: 'm.yml' }),
      (error) => {
        assert.ok(error instanceof YamlInvalid, String(error));
        assert.match(error.message, /^m\.yml, line \d+, column \d+: /);
        assert.match(error.message, message);
        assert.ok(error.message.length < 400, error.message);
        return true;
      },
    );
  });
}

test('five hundred levels, twenty megabytes and a hundred thousand keys are no matter', () => {
  const deep = parseYaml(`${'['.repeat(400)}x${']'.repeat(400)}`).value;
  assert.ok(Array.isArray(deep));

  const long = parseYaml(`a: ${'x'.repeat(20_000_000)}\n`).value as ReadonlyMap<string, string>;
  assert.equal(long.get('a')?.length, 20_000_000);

  const wide = parseYaml(repeat(100_000, (n) => `k${n}: ${n}\n`)).value as ReadonlyMap<string, number>;
  assert.equal(wide.get('k99999'), 99_999);
});

test('bytes that are not UTF-8 are refused with their line', () => {
  const bytes = Buffer.concat([Buffer.from('a: é\nb: "'), Buffer.from([0xff]), Buffer.from('"\n')]);

  assert.throws(() => decodeText(bytes, 'm.yml'), { message: 'm.yml, line 2, column 1: this line is not UTF-8' });
  assert.equal(decodeText(Buffer.from('a: é\n'), 'm.yml'), 'a: é\n');
});
