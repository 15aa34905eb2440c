import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, test } from 'node:test';
import { createGzip } from 'node:zlib';
import { tempDir } from '@boti/testkit';
import { pack } from 'tar-stream';
import { tailsOf } from '../src/deploy/steps/read-log-tails.ts';

const directory = await tempDir({ after });
const never = new AbortController().signal;

async function archiveOf(files: Readonly<Record<string, string>>): Promise<string> {
  const tar = pack();
  for (const [index, [name, text]] of Object.entries(files).entries()) {
    tar.entry({ name, mtime: new Date(index * 1000) }, text);
  }
  tar.entry({ name: './app/current', type: 'symlink', linkname: '/var/vcap/sys/log/app/app.log' });
  tar.finalize();
  const path = join(directory, 'logs.tgz');
  await writeFile(path, '');
  await pipeline(tar, createGzip(), async (chunks) => {
    for await (const chunk of chunks) await writeFile(path, chunk as Buffer, { flag: 'a' });
  });
  return path;
}

test('the end of each log is shown, the newest first, however long it is', async () => {
  const long = Array.from({ length: 100_000 }, (_, index) => `line ${index}`).join('\n');
  const archive = await archiveOf({ './app/app.log': long, './app/empty.log': ' \n', './app/err.log': 'no port\n' });

  const lines = await tailsOf(archive, never);

  assert.deepEqual(lines.slice(0, 3), ['app/err.log:', '  no port', 'app/app.log:']);
  assert.deepEqual(lines.slice(-1), ['  line 99999']);
  assert.equal(lines.length, 3 + 15);
});

test('logs that arrived damaged are an error, and nobody waits for the rest', async () => {
  const archive = await archiveOf({ './app/app.log': 'x'.repeat(100_000) });
  const whole = await readFile(archive);
  await writeFile(archive, whole.subarray(0, whole.length / 2));

  await assert.rejects(tailsOf(archive, never), /unexpected end of file/);
});

test('what is no archive at all is an error', async () => {
  const path = join(directory, 'text.tgz');
  await writeFile(path, 'not gzip');

  await assert.rejects(tailsOf(path, never), /incorrect header check/);
});
