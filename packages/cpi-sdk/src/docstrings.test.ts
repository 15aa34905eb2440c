import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const index = readFileSync(join(import.meta.dirname, 'index.ts'), 'utf8');

/** Every name that the SDK exports from files of its own, with its file. */
function exportsOfIndex(): readonly { readonly name: string; readonly file: string }[] {
  return [...index.matchAll(/export (?:type )?\{([^}]*)\} from '\.\/([^']+)'/g)].flatMap(([, names = '', file = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => ({ name, file })),
  );
}

test('every export has a docstring', () => {
  const all = exportsOfIndex();
  const bare = all.filter(({ name, file }) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    const declaration = new RegExp(`\\*/\\nexport (async )?(const|function|class|type|interface) ${name}\\b`);
    return !declaration.test(source);
  });

  assert.ok(all.length > 50);
  assert.deepEqual(
    bare.map(({ name, file }) => `${file}: ${name}`),
    [],
  );
});
