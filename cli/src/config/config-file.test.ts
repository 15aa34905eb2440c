import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tempDir } from '@boti/testkit';
import { ConfigFile } from './config-file.ts';

async function configWith(t: TestContext, text?: string): Promise<{ config: ConfigFile; path: string }> {
  const path = join(await tempDir(t), 'sub/config');
  const config = new ConfigFile(path);
  if (text !== undefined) {
    await config.setAlias('x', 'https://x', undefined);
    await writeFile(path, text);
  }
  return { config, path };
}

test('a new alias is written as upstream writes it, for nobody else to read', async (t) => {
  const { config, path } = await configWith(t);

  await config.setAlias('lite', 'https://10.0.0.6:25555', 'PEM\n');

  assert.equal(
    await readFile(path, 'utf8'),
    'environments:\n  - url: https://10.0.0.6:25555\n    ca_cert: |\n      PEM\n    alias: lite\n',
  );
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('a second alias of a URL renames it and keeps the credentials', async (t) => {
  const { config } = await configWith(t);
  await config.setAlias('one', 'https://d', undefined);
  await config.setCredentials('one', { username: 'admin', password: 'pw' });

  await config.setAlias('two', 'https://d', undefined);

  assert.deepEqual(await config.environments(), [
    { url: 'https://d', alias: 'two', username: 'admin', password: 'pw' },
  ]);
});

test('log-out leaves the entry, and keys that we do not know stay', async (t) => {
  const { config, path } = await configWith(
    t,
    'future: 1\nenvironments:\n- url: https://d\n  alias: d\n  username: u\n  other: 2\n',
  );

  await config.setCredentials('d', {});

  assert.deepEqual(await config.environments(), [{ url: 'https://d', alias: 'd', other: 2 }]);
  assert.match(await readFile(path, 'utf8'), /^future: 1$/m);
});

test('an alias that is not there cannot be removed', async (t) => {
  const { config } = await configWith(t);

  await assert.rejects(config.removeAlias('gone'), { message: "Alias 'gone' not found" });
});

test('a file that is not YAML is named', async (t) => {
  const { config, path } = await configWith(t, '{');

  await assert.rejects(config.environments(), ({ message }: Error) =>
    message.includes(`Config '${path}' is not valid`),
  );
});
