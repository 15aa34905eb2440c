import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { packRelease, webRelease } from './support/deploy-lab.ts';
import { type Answer, startTestDirector } from './support/running-director.ts';

/** The Director's folders lie on a disk of 4 MiB. Needs root. */
const run = promisify(execFile);
let state = '';
after(() => run('umount', ['--lazy', state]));
const director = await startTestDirector({ after }, {}, async (directory) => {
  state = join(directory, 'state');
  await mkdir(state);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', state]);
});

test('an upload that does not fit says that the disk is full, and leaves nothing', async () => {
  const large = join(director.directory, 'large.tgz');
  await writeFile(large, randomBytes(48 << 20));

  const answer = await upload(large);

  assert.equal(answer.status, 507);
  assert.match(answer.text, /The disk of the Director is full/);
  assert.deepEqual(await readdir(join(state, 'uploads')), []);
});

test('a form that does not fit says so, too', async () => {
  const head = '--edge\r\ncontent-disposition: form-data; name="nginx_upload"; filename="large.tgz"\r\n\r\n';
  const form = Readable.from([head, randomBytes(48 << 20), '\r\n--edge--\r\n']);
  const headers = { 'content-type': 'multipart/form-data; boundary=edge', connection: 'close' };

  const answer = await director.call('POST', '/releases', { headers, body: form });

  assert.equal(answer.status, 507);
  assert.deepEqual(await readdir(join(state, 'uploads')), []);
});

test('a release that does not fit when it is unpacked says so, and leaves nothing', async () => {
  const release = await packRelease(director.directory, {
    ...webRelease,
    'packages/app/spec': '---\nname: app\ndependencies: [lib]\nfiles: [data]\n',
    'src/data': randomBytes(5 << 19).toString('base64'),
  });

  const task = await director.task(await upload(release));

  assert.equal(task.state, 'error');
  assert.match(String(task.result), /The disk of the Director is full: the unpacked release could not be stored in/);
  assert.deepEqual(await readdir(join(state, 'uploads')), []);
  assert.deepEqual(await readdir(join(state, 'work', String(director.pid))), []);
});

test('with more room the same upload works', async () => {
  await run('mount', ['-o', 'remount,size=64m', state]);

  const task = await director.task(await upload(join(director.directory, 'release.tgz')));

  assert.equal(task.state, 'done', String(task.result));
});

function upload(path: string): Promise<Answer> {
  const headers = { 'content-type': 'application/x-compressed', connection: 'close' };
  return director.call('POST', '/releases', { headers, body: createReadStream(path) });
}
