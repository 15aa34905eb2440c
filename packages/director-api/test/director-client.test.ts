import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@boti/testkit';
import {
  anonymous,
  basicAuth,
  createDirectorClient,
  DirectorUnreachable,
  fileBody,
  replyErrorIn,
  type Task,
  TaskFailed,
} from '../src/index.ts';
import { standIn } from './stand-in-director.ts';

const admin = basicAuth('admin', 'pw');
const aTask = (overrides: Partial<Task> = {}): Task => ({
  id: 5,
  state: 'done',
  description: 'create release',
  timestamp: 2,
  started_at: 1,
  result: 'fine',
  user: 'admin',
  deployment: null,
  context_id: '',
  ...overrides,
});

test('a redirect is followed at the address the client knows, as GET, with credentials', async () => {
  await using director = await standIn((request, response) => {
    if (request.url === '/vms/a%2Fb') {
      response.writeHead(302, { Location: 'https://10.9.9.9:1/tasks/5' }).end();
      return;
    }
    assert.equal(request.headers.authorization, `Basic ${Buffer.from('admin:pw').toString('base64')}`);
    response.end(JSON.stringify(aTask()));
  }, admin);

  const task = await director.client.instances.deleteVm('a/b');

  assert.deepEqual(task, aTask());
  assert.deepEqual(director.requests, ['DELETE /vms/a%2Fb', 'GET /tasks/5']);
});

test('after 401 new credentials are asked for once', async () => {
  const asked: boolean[] = [];
  const auth = {
    async authorization(renew: boolean) {
      asked.push(renew);
      return renew ? 'bearer new' : 'bearer old';
    },
  };
  await using director = await standIn((request, response) => {
    response.writeHead(request.headers.authorization === 'bearer new' ? 200 : 401).end('[]');
  }, auth);

  assert.deepEqual(await director.client.locks(), []);
  assert.deepEqual(asked, [false, true]);
});

test('an error of the Director is told with its status, number and what was being done', async () => {
  const body = JSON.stringify({ code: 70000, description: "Deployment 'x' doesn't exist" });
  await using director = await standIn((_, response) => response.writeHead(404).end(body), admin);

  await assert.rejects(director.client.deployments.manifest('x'), (error: Error) => {
    assert.equal(error.message, "Finding deployment 'x'");
    const reply = replyErrorIn(error);
    assert.deepEqual([reply?.status, reply?.code], [404, 70000]);
    return true;
  });
});

test('a reading request is repeated when the connection breaks, a changing one is not', async () => {
  let count = 0;
  await using director = await standIn((request, response) => {
    count += 1;
    if (count === 1 || request.method === 'POST') request.socket.destroy();
    else response.end('[]');
  }, admin);

  assert.deepEqual(await director.client.locks(), []);
  await assert.rejects(director.client.cleanUp.run(true, false));
  assert.deepEqual(director.requests, ['GET /locks', 'GET /locks', 'POST /cleanup']);
});

test('a Director that is not there is said to be so', async () => {
  const controller = new AbortController();
  const clock = { now: () => new Date(0), sleep: async () => undefined };
  const client = createDirectorClient({
    url: 'https://127.0.0.1:1',
    auth: anonymous,
    clock,
    signal: controller.signal,
  });

  await assert.rejects(client.info(), (error: Error) => {
    assert.ok(error.cause instanceof DirectorUnreachable);
    assert.match(String((error.cause.cause as Error).message), /ECONNREFUSED/);
    return true;
  });
});

test('a task is followed to its end: state first, then the new bytes of its output', async () => {
  const whole = Buffer.from('{"ä":1}\n{"b":2}\n');
  const states = ['queued', 'processing', 'done'] as const;
  let polls = 0;
  await using director = await standIn((request, response) => {
    if (request.url === '/tasks/5') {
      response.end(JSON.stringify(aTask({ state: states[polls++] ?? 'done' })));
      return;
    }
    const visible = whole.subarray(0, polls === 1 ? 0 : polls === 2 ? 4 : whole.length);
    const offset = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
    if (offset >= visible.length) response.writeHead(416).end('Byte range unsatisfiable');
    else response.writeHead(206).end(visible.subarray(offset));
  }, admin);
  const chunks: Buffer[] = [];

  const task = await director.client.tasks.follow(5, { observer: { output: (_, chunk) => chunks.push(chunk) } });

  assert.equal(task.state, 'done');
  assert.equal(Buffer.concat(chunks).toString(), whole.toString());
  assert.deepEqual(director.requests.slice(0, 2), ['GET /tasks/5', 'GET /tasks/5/output?type=event']);
});

test('a task that does not end well is an error with its state', async () => {
  await using director = await standIn((request, response) => {
    if (request.url === '/tasks/5')
      response.end(JSON.stringify(aTask({ state: 'cancelled', result: 'task cancelled' })));
    else response.writeHead(204).end();
  }, admin);

  await assert.rejects(director.client.tasks.follow(5), (error: Error) => {
    assert.ok(error instanceof TaskFailed);
    assert.equal(error.message, "Expected task '5' to succeed but state is 'cancelled'");
    return true;
  });
});

test('following stops at once when it is aborted', async () => {
  const controller = new AbortController();
  await using director = await standIn(
    (request, response) => {
      if (request.url === '/tasks/5') response.end(JSON.stringify(aTask({ state: 'processing' })));
      else response.writeHead(416).end();
      controller.abort(new Error('enough'));
    },
    admin,
    controller.signal,
  );

  await assert.rejects(director.client.tasks.follow(5), { message: 'enough' });
});

test('an upload is streamed with its length and tells how far it is', async (t) => {
  const path = join(await tempDir(t), 'release.tgz');
  await writeFile(path, '');
  await truncate(path, 3_000_000);
  let received = '';
  await using director = await standIn((request, response, body) => {
    if (request.method === 'POST') {
      received = `${request.headers['content-type']} ${request.headers['content-length']} ${body.length}`;
      response.writeHead(302, { Location: '/tasks/5' }).end();
    } else response.end(JSON.stringify(aTask()));
  }, admin);
  const seen: number[] = [];

  await director.client.releases.upload(await fileBody(path, (done) => seen.push(done)), { fix: true, rebase: false });

  assert.equal(received, 'application/x-compressed 3000000 3000000');
  assert.deepEqual([seen[0], seen.at(-1)], [0, 3_000_000]);
  assert.equal(director.requests[0], 'POST /releases?fix=true');
});

test('a reply that comes before the upload has ended is what counts', async (t) => {
  const path = join(await tempDir(t), 'big');
  await writeFile(path, '');
  await truncate(path, 50_000_000);
  await using director = await standIn('refuse', admin);

  await assert.rejects(director.client.stemcells.upload(await fileBody(path), false), (error: Error) => {
    assert.equal(replyErrorIn(error)?.status, 401);
    return true;
  });
});

test('a download is there only when it is complete and has its digest', async (t) => {
  const content = Buffer.alloc(200_000, 'x');
  const sha1 = createHash('sha1').update(content).digest('hex');
  const dir = await tempDir(t);
  await using director = await standIn((_, response) => response.end(content), admin);
  const download = (name: string, digest: string) =>
    director.client.downloads.resource({ blobId: 'b', destination: join(dir, name), digest });

  await download('good', sha1);
  await assert.rejects(download('bad', 'a'.repeat(40)));

  assert.deepEqual(await readFile(join(dir, 'good')), content);
  await assert.rejects(readFile(join(dir, 'bad')));
});
