import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase, testPostgres } from '../../test/test-database.ts';
import { currentConfigs, deleteConfigs, insertConfig, listConfigs } from './config-store.ts';
import { saveConfig } from './save-config.ts';

const postgres = await testPostgres(after);

test('a list has the newest version of each config, the default one first', async (t) => {
  const database = await testDatabase(t, postgres);
  for (const [name, content] of [
    ['b', '1'],
    ['default', '2'],
    ['default', '3'],
    ['a', '4'],
  ] as const) {
    await insertConfig(database, { type: 'cloud', name, content, team: null });
  }

  const newest = await listConfigs(database, { limit: 1 });
  const all = await listConfigs(database, { name: 'default' });

  assert.deepEqual(
    newest.map(({ name, content }) => [name, content]),
    [
      ['default', '3'],
      ['a', '4'],
      ['b', '1'],
    ],
  );
  assert.deepEqual(
    all.map(({ content, isCurrent }) => [content, isCurrent]),
    [
      ['3', true],
      ['2', false],
    ],
  );
});

test('a deployment gets the global configs and those of its teams', async (t) => {
  const database = await testDatabase(t, postgres);
  for (const team of [null, 'dev', 'ops']) {
    await insertConfig(database, { type: 'cloud', name: team ?? 'default', content: '', team });
  }

  assert.deepEqual(
    (await currentConfigs(database, 'cloud', ['ops'])).map(({ name }) => name),
    ['default', 'ops'],
  );
});

test('what is saved twice at once, or again unchanged, is one version', async (t) => {
  const database = await testDatabase(t, postgres);
  const config = { type: 'cloud', name: 'default', content: 'azs: []', team: null };

  const saved = await Promise.all(Array.from({ length: 5 }, () => saveConfig(database, config)));
  await deleteConfigs(database, 'cloud', 'default');
  const afterwards = await saveConfig(database, config);

  assert.deepEqual(saved.map(({ isNew }) => isNew).sort(), [false, false, false, false, true]);
  assert.equal(afterwards.isNew, true);
});
