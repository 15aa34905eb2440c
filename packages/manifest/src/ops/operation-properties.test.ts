import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProperty } from '@boti/testkit';
import fc from 'fast-check';
import { dumpYaml, dumpYamlValue } from '../yaml/dump-yaml.ts';
import { equalValues, isList, isMap, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';
import { applyOperation } from './apply-operation.ts';
import { findPath } from './find-path.ts';
import { applyOps, parseOpsFile } from './ops-file.ts';
import { formatPath, type PathToken, parsePath } from './path.ts';
import { PathProblem } from './path-problem.ts';

const key = fc.constantFrom('a', 'b', 'name', 'sl/ash', 'til~de', 'co:lon', 'two words', 'é', 'x-y');
const leaf = fc.oneof(fc.constantFrom<YamlValue>('text', 'yes', '', 'x: y', 7, true, null), fc.integer());

const { value: anyValue } = fc.letrec<{ value: YamlValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 4, selector: ([name]) => name })
      .map((all) => new Map(all)),
    // As lists of jobs and groups are: each item has a name of its own.
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('web', 'db', 'a/b'), tie('value')), {
        maxLength: 3,
        selector: ([name]) => name,
      })
      .map((all) =>
        all.map(
          ([name, item]) =>
            new Map<string, YamlValue>([
              ['name', name],
              ['item', item],
            ]),
        ),
      ),
  ),
}));
const document = fc
  .uniqueArray(fc.tuple(key, anyValue), { minLength: 1, maxLength: 4, selector: ([name]) => name })
  .map((entries): YamlMap => new Map(entries));

/** A document, and a path to something in it: one step or more, items by index or by name. */
const documentAndPath = fc.tuple(document, fc.infiniteStream(fc.nat({ max: 1000 }))).map(([doc, choices]) => {
  const tokens: PathToken[] = [];
  let value: YamlValue = doc;
  for (const choice of choices) {
    const steps = stepsInto(value);
    const step = steps[choice % (steps.length + (tokens.length === 0 ? 0 : 1))];
    if (step === undefined) break;
    tokens.push(step.token);
    value = step.value;
  }
  return { doc, path: tokens, value };
});

interface Step {
  readonly token: PathToken;
  readonly value: YamlValue;
}

function stepsInto(value: YamlValue): readonly Step[] {
  if (isMap(value)) {
    return [...value].map(([name, item]) => ({
      token: { kind: 'key', key: String(name), isOptional: false },
      value: item,
    }));
  }
  if (!isList(value)) return [];
  return value.flatMap((item, index) => {
    const name = isMap(item) ? item.get('name') : undefined;
    const byIndex: Step = { token: { kind: 'index', index, modifiers: [] }, value: item };
    const isOnly = value.filter((other) => isMap(other) && other.get('name') === name).length === 1;
    if (typeof name !== 'string' || !isOnly) return [byIndex];
    return [
      byIndex,
      { token: { kind: 'match', key: 'name', value: name, isOptional: false, modifiers: [] }, value: item },
    ];
  });
}

const shown = (value: YamlValue): string => dumpYamlValue(value);

test('what replace puts at a path is found there, and putting the old value back undoes it', () => {
  checkProperty(
    fc.property(documentAndPath, leaf, ({ doc, path, value: old }, value) => {
      const before = shown(doc);
      const place = byIndex(doc, path);

      const replaced = applyOperation(doc, { type: 'replace', path, value });

      assert.ok(equalValues(findPath(replaced, place), value));
      assert.equal(shown(applyOperation(replaced, { type: 'replace', path: place, value: old })), before);
      assert.equal(shown(doc), before, 'the given document was changed');
    }),
  );
});

/** The same place without names: an item may lose its own by what is done. */
function byIndex(doc: YamlValue, path: readonly PathToken[]): readonly PathToken[] {
  return path.map((token, at) => {
    if (token.kind !== 'match') return token;
    const list = findPath(doc, path.slice(0, at)) as readonly YamlValue[];
    return { kind: 'index', index: list.indexOf(findPath(doc, path.slice(0, at + 1))), modifiers: [] };
  });
}

test('an optional path is made where it is missing, and replacing twice is replacing once', () => {
  checkProperty(
    fc.property(document, fc.array(key, { minLength: 1, maxLength: 4 }), leaf, (doc, keys, value) => {
      const path = keys.map((name): PathToken => ({ kind: 'key', key: name, isOptional: true }));
      let once: YamlValue;
      try {
        once = applyOperation(doc, { type: 'replace', path, value });
      } catch (error) {
        // Something on the way is no map.
        assert.ok(error instanceof PathProblem && error.kind === 'wrong-type', String(error));
        return;
      }

      assert.ok(equalValues(findPath(once, path), value));
      assert.equal(shown(applyOperation(once, { type: 'replace', path, value })), shown(once));
    }),
  );
});

test('what is removed is absent, and removing it again changes nothing if that is optional', () => {
  checkProperty(
    fc.property(documentAndPath, ({ doc, path }) => {
      const last = path.at(-1);
      if (last?.kind !== 'key') return;
      const place = byIndex(doc, path);
      const optional = [...place.slice(0, -1), { ...last, isOptional: true }];

      const removed = applyOperation(doc, { type: 'remove', path });

      assert.equal(applyOperation(removed, { type: 'test', path: place, value: undefined }), removed);
      assert.throws(() => findPath(removed, place), PathProblem);
      assert.throws(() => applyOperation(removed, { type: 'remove', path: place }), PathProblem);
      assert.equal(shown(applyOperation(removed, { type: 'remove', path: optional })), shown(removed));
    }),
  );
});

test('test passes for what is there, fails for anything else, and changes nothing', () => {
  checkProperty(
    fc.property(documentAndPath, anyValue, ({ doc, path, value }, other) => {
      assert.equal(applyOperation(doc, { type: 'test', path, value }), doc);
      assert.throws(() => applyOperation(doc, { type: 'test', path, value: undefined }), PathProblem);
      if (equalValues(value, other)) return;
      assert.throws(() => applyOperation(doc, { type: 'test', path, value: other }), PathProblem);
    }),
  );
});

test('an item that is put before, after or at the end of a list leaves the others in order', () => {
  checkProperty(
    fc.property(fc.array(leaf, { minLength: 1, maxLength: 5 }), fc.nat(), (list, at) => {
      const index = at % list.length;
      const put = (path: string): YamlValue =>
        applyOperation(list, { type: 'replace', path: parsePath(path), value: 'new' });

      assert.deepEqual(put(`/${index}:before`), list.toSpliced(index, 0, 'new'));
      assert.deepEqual(put(`/${index}:after`), list.toSpliced(index + 1, 0, 'new'));
      assert.deepEqual(put('/-'), [...list, 'new']);
    }),
  );
});

test('a path and an ops file mean the same after they were written and read', () => {
  checkProperty(
    fc.property(documentAndPath, leaf, ({ doc, path }, value) => {
      if (value === null) return;
      const text = formatPath(path);
      assert.equal(formatPath(parsePath(text)), text);

      const file = parseOpsFile(dumpYaml([{ type: 'replace', path: text, value }]), 'o.yml');

      assert.equal(shown(applyOps(doc, [file])), shown(applyOperation(doc, { type: 'replace', path, value })));
    }),
  );
});
