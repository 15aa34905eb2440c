import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@boti/testkit';
import { loadConfig } from './config.ts';

const listen = [{ host: '127.0.0.1', port: 25_250 }];

test('a configuration needs little', async (t) => {
  const path = join(await tempDir(t), 'config.json');
  writeFileSync(path, JSON.stringify({ directory: '/blobs', listen, users: {} }));

  assert.deepEqual(await loadConfig(path), {
    directory: '/blobs',
    listen,
    users: { read: [], write: [] },
    max_blob_bytes: 64 * 1024 ** 3,
    idle_timeout_seconds: 120,
    log_level: 'info',
  });
});

test('what is wrong is named, but not its value', async (t) => {
  const path = join(await tempDir(t), 'config.json');
  const users = { write: [{ user: 'w', password: 12345 }] };
  writeFileSync(path, JSON.stringify({ directory: '/blobs', listen: [], users, sekret: 'x' }));

  await assert.rejects(loadConfig(path), ({ message }: Error) => {
    assert.match(message, /^The configuration .* is not usable:/);
    assert.match(message, /listen: /);
    assert.match(message, /users\.write\.0\.password: /);
    assert.match(message, /sekret/);
    assert.doesNotMatch(message, /12345/);
    return true;
  });
});

test('a file that is not there or no JSON is named', async (t) => {
  const directory = await tempDir(t);
  writeFileSync(join(directory, 'broken.json'), '{');

  await assert.rejects(loadConfig(join(directory, 'none.json')), /Cannot read the configuration .*none\.json: ENOENT/);
  await assert.rejects(loadConfig(join(directory, 'broken.json')), /Cannot read the configuration .*broken\.json: /);
});
